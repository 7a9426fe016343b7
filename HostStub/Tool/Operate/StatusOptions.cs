namespace PollScale.HostStub.Operate;

/// <summary>What hoststub status was asked to do.</summary>
/// <param name="Control">The daemon's control socket; null for a usual one.</param>
/// <param name="Json">Report in JSON.</param>
internal sealed record StatusOptions(string? Control, bool Json);
