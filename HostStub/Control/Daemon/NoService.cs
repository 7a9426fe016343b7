using PollScale.Hypercall;

namespace PollScale.HostStub.Daemon;

/// <summary>Answers everything, decides nothing: what a warm-up calls.</summary>
internal sealed class NoService : IFrequencyService
{
    public PStateTable PStates { get; } = new([1], 0, 0, 0);

    public bool Granted => false;

    public bool Emulated => false;

    public FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc) => new(0L);

    public FrequencyReply AnswerUnknown(int vcpu, ulong tsc) => new(0L);

    public int InForce => 0;
}
