using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;

namespace PollScale.HostStub.Tests.Daemon.Shards;

/// <summary>Grants all, and tells when it is called.</summary>
internal class OrderedService(Action called) : IFrequencyService
{
    public PStateTable PStates => ChannelLab.Table;

    public bool Granted => true;

    public bool Emulated => true;

    public int InForce => 0;

    public virtual FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc)
    {
        called();
        return new FrequencyReply(0L);
    }

    public FrequencyReply AnswerUnknown(int vcpu, ulong tsc) => new(0L);
}
