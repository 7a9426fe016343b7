using PollScale.Hypercall;

namespace PollScale.HostStub.Tests.Daemon.Shards;

/// <summary>Throttles its first calls, so that its channel floods, and holds its thread at a later one until it is released.</summary>
internal sealed class FloodedService() : OrderedService(() => { })
{
    /// <summary>The call that holds.</summary>
    public const int HoldsAt = 12;

    private const int Throttled = 6;
    private int _calls;

    public volatile bool Released;

    /// <summary>Calls so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public override FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc)
    {
        int number = Interlocked.Increment(ref _calls);
        while (number == HoldsAt && !Released)
        {
            Thread.Sleep(1);
        }

        return number <= Throttled ? new FrequencyReply(FrequencyStatus.Throttled) : new FrequencyReply(0L);
    }
}
