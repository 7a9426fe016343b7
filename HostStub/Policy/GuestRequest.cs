using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>A call as policy sees it.</summary>
/// <param name="Vcpu">The vCPU that exited.</param>
/// <param name="Call">Operation and argument, both hostile.</param>
/// <param name="Current">P-state index granted to this guest now.</param>
internal readonly record struct GuestRequest(int Vcpu, FrequencyCall Call, int Current);
