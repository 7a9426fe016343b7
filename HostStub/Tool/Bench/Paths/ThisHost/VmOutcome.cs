namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>What became of a VM.</summary>
/// <param name="CameUp">Its program began.</param>
/// <param name="Problem">Why it did not end by itself, or could not begin; null where it did.</param>
/// <param name="Console">What it wrote.</param>
internal sealed record VmOutcome(bool CameUp, string? Problem, VmConsole Console);
