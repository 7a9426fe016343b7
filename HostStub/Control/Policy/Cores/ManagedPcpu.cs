using PollScale.HostStub.Frequency;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A pCPU under policy.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Backend">Sets its frequency.</param>
/// <param name="Rest">P-state without wishes, or <see cref="PcpuArbiter.Keep"/>.</param>
/// <param name="Table">Its P-states as the policy was planned with; those of the backend may change.</param>
internal sealed record ManagedPcpu(int Number, IFrequencyBackend Backend, int Rest, PStateTable Table);
