using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;

namespace PollScale.HostStub.Channels.Region;

/// <summary>One vCPU that may call through a guest's region.</summary>
/// <param name="Vcpu">Its number, which is that of its slot and of its doorbell.</param>
/// <param name="ApicId">The x2APIC id by which the guest finds it.</param>
/// <param name="Pcpu">The pCPU that it is pinned to.</param>
/// <param name="Service">Decides and sets; called on its shard's thread.</param>
/// <param name="Shard">Number of the shard that serves it.</param>
/// <param name="Trouble">What is wrong with its pCPU, for reports; from any thread. Null as its result when nothing is.</param>
/// <param name="Left">Called on the shard's thread when the VM has gone.</param>
internal sealed record RegionVcpuBinding(int Vcpu, uint ApicId, int Pcpu, IFrequencyService Service, int Shard, Func<string?> Trouble, Action Left)
{
    /// <summary>Decides by what its hypercalls are answered within their exit, and makes them true; null where they are not.</summary>
    public AnsweredCalls? Answered { get; init; }
}
