namespace PollScale.HostStub.Policy.Configuration;

/// <summary>One thing wrong with a policy.</summary>
/// <param name="At">Where.</param>
/// <param name="Text">What is wrong, and what is allowed.</param>
internal sealed record PolicyError(FilePosition At, string Text);
