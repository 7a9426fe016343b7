using PollScale.HostStub.Policy;
using PollScale.Hypercall;

namespace PollScale.HostStub.Daemon;

/// <summary>A service made for one channel: whatever the guest calls the vCPU, to the policy it is the lcore's.</summary>
internal sealed class LcoreService(IFrequencyService inner) : IFrequencyService
{
    public PStateTable PStates => inner.PStates;

    public bool Granted => inner.Granted;

    public bool Emulated => inner.Emulated;

    public FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc) => inner.Answer(FrequencyPolicy.LcoreVcpu, call, tsc);

    public FrequencyReply AnswerUnknown(int vcpu, ulong tsc) => inner.AnswerUnknown(FrequencyPolicy.LcoreVcpu, tsc);

    public int InForce => inner.InForce;
}
