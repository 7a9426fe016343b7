using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>A call as policy sees it.</summary>
/// <param name="Vcpu">The vCPU that exited.</param>
/// <param name="Call">Operation and argument, both hostile.</param>
/// <param name="InForce">P-state index in force on this guest's pCPU now: what a query is told.</param>
/// <param name="Wish">P-state index this vCPU wishes now, from which a step counts; where it has no wish, the one in force.</param>
/// <param name="Pinned">Whether the vCPU is pinned to exactly its pCPU.</param>
internal readonly record struct GuestRequest(int Vcpu, FrequencyCall Call, int InForce, int Wish, bool Pinned = true)
{
    /// <summary>A request of the only vCPU on its core: what it wishes is in force.</summary>
    public GuestRequest(int vcpu, FrequencyCall call, int current) : this(vcpu, call, current, current)
    {
    }
}
