using PollScale.HostStub.Frequency;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A pCPU under policy.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Backend">Sets its frequency.</param>
/// <param name="Rest">P-state without wishes, or <see cref="PcpuArbiter.Keep"/>.</param>
internal sealed record ManagedPcpu(int Number, IFrequencyBackend Backend, int Rest);
