namespace PollScale.HostStub.Serve.Operators;

/// <summary>The control socket that was asked for.</summary>
/// <param name="Path">Its path; null for a usual one, without which a daemon serves all the same.</param>
/// <param name="Group">The group that may use it; null for that of its folder.</param>
internal sealed record ControlOptions(string? Path, uint? Group);
