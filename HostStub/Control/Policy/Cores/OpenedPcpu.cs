using PollScale.HostStub.Frequency;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A pCPU as it was found.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Siblings">The pCPUs that change speed together with it, itself among them.</param>
/// <param name="IsViewed">Only looked at, for nothing on its core may change it.</param>
/// <param name="Backend">Sets its frequency; null where it cannot be used.</param>
/// <param name="Problem">Why it cannot be used; null where it can.</param>
internal sealed record OpenedPcpu(int Number, int[] Siblings, bool IsViewed, IFrequencyBackend? Backend, string? Problem);
