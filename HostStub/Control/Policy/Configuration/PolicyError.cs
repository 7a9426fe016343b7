namespace PollScale.HostStub.Policy.Configuration;

/// <summary>One thing that the writer of a policy should know.</summary>
/// <param name="At">Where.</param>
/// <param name="Text">What is wrong, and what is allowed.</param>
/// <param name="IsMachines">True when the file may be right, and this machine is what stands in the way.</param>
internal sealed record PolicyError(FilePosition At, string Text, bool IsMachines = false)
{
    /// <summary>With its place before it: file:line:column: text.</summary>
    public string In(string origin) => At.Line > 0 ? $"{origin}:{At.Line}:{At.Column}: {Text}" : $"{origin}: {Text}";
}
