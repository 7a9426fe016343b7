using PollScale.Hypercall;

namespace PollScale.HostStub.Tests.Exits;

/// <summary>Allows every call its meaning and counts them: all that the micro-VM knows of a service.</summary>
internal sealed class AllowingService(int initial = 0) : IFrequencyService
{
    public PStateTable PStates { get; } = new([.. Enumerable.Range(0, 21).Select(i => (uint)(3_000_000 - (i * 100_000)))], 0, 20, 10_000);

    public bool Granted => true;

    public bool Emulated => true;

    public int InForce { get; private set; } = initial;

    /// <summary>Calls of the ABI, and those that are none.</summary>
    public int Known { get; private set; }

    public int Unknown { get; private set; }

    public FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc)
    {
        Known++;
        FrequencyReply reply = CallMeaning.Answer(call, PStates, InForce, out int target);
        if (target < 0)
        {
            return reply;
        }

        InForce = target;
        return new FrequencyReply(target);
    }

    public FrequencyReply AnswerUnknown(int vcpu, ulong tsc)
    {
        Unknown++;
        return new FrequencyReply(FrequencyStatus.UnknownCall);
    }
}
