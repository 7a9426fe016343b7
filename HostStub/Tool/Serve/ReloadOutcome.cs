namespace PollScale.HostStub.Serve;

/// <summary>What a reload came to.</summary>
/// <param name="IsInForce">False when what was in force before still is.</param>
/// <param name="Message">For the operator.</param>
internal sealed record ReloadOutcome(bool IsInForce, string Message);
