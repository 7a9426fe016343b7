using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.PolicyFile;

/// <summary>Collects what is wrong with a file, so that its writer sees all of it at once.</summary>
internal sealed class ErrorList
{
    private readonly List<PolicyError> _errors = [];

    /// <summary>Adds an error.</summary>
    public void Add(FilePosition at, string text) => _errors.Add(new PolicyError(at, text));

    /// <summary>Throws when there is an error, the first in the file first.</summary>
    /// <exception cref="PolicyException">There is.</exception>
    public void ThrowIfAny(string origin)
    {
        if (_errors.Count > 0)
        {
            throw new PolicyException(origin, [.. _errors.OrderBy(e => e.At.Line).ThenBy(e => e.At.Column)]);
        }
    }
}
