namespace PollScale.HostStub.Policy.Configuration;

/// <summary>A policy cannot be used. The message has a line for each error: file:line:column: what is wrong, and what is allowed.</summary>
internal sealed class PolicyException : Exception
{
    private const int Shown = 20;

    /// <summary>All that is wrong with one policy.</summary>
    /// <param name="origin">The file.</param>
    /// <param name="errors">At least one.</param>
    public PolicyException(string origin, IReadOnlyList<PolicyError> errors) : base(Describe(origin, errors)) => Errors = errors;

    /// <summary>All errors found.</summary>
    public IReadOnlyList<PolicyError> Errors { get; }

    /// <summary>True when the file may be right, and only this machine stands in the way.</summary>
    public bool IsMachines => Errors.All(error => error.IsMachines);

    private static string Describe(string origin, IReadOnlyList<PolicyError> errors)
    {
        IEnumerable<string> lines = errors.Take(Shown).Select(error => error.In(origin));
        return string.Join('\n', errors.Count > Shown ? lines.Append($"{origin}: and {errors.Count - Shown} more") : lines);
    }
}
