using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Tests.Shared.Governors;

/// <summary>Samples and contexts for the tests of all governors: a 2.5 GHz TSC, 21 P-states of 3.0 .. 1.0 GHz.</summary>
internal static class GovernorSamples
{
    public const ulong TicksPerUs = 2_500;
    public const ulong Period = 20 * TicksPerUs;

    public static PStateTable Table(int count = 21, int fastest = 0, int? slowest = null, uint latencyNs = 20_000) =>
        new([.. Enumerable.Range(0, count).Select(i => 3_000_000u - (uint)(i * 2_000_000L / Math.Max(1, count - 1)))], fastest, slowest ?? count - 1, latencyNs);

    public static GovernorContext Context(PStateTable? pStates = null) => new(pStates ?? Table(), 2_500_000, 4096, 32, Period);

    public static QueueSample Quiet => new() { ElapsedTicks = Period, Polls = 500, EmptyPolls = 500, Settled = true };

    public static QueueSample Poll(double us, uint packets, int backlog) => new()
    {
        ElapsedTicks = (ulong)(us * TicksPerUs),
        Polls = 1,
        EmptyPolls = packets == 0 ? 1u : 0,
        FullPolls = packets == 32 ? 1u : 0,
        Received = packets,
        Backlog = backlog,
        Settled = true,
    };

    /// <summary>A period in which the core worked so many percent of the time; an empty poll takes 100 ticks.</summary>
    public static QueueSample Load(double percent, int pState)
    {
        uint empty = (uint)(Period * (1 - (percent / 100)) / 100);
        uint busy = percent > 0 ? 2u : 0;
        return new QueueSample { ElapsedTicks = Period, Polls = empty + busy, EmptyPolls = empty, Received = busy * 10, PState = pState, Settled = true };
    }

    /// <summary>A period of so many packets.</summary>
    public static QueueSample Busy(uint packets, int backlog, int pState) => new()
    {
        ElapsedTicks = Period,
        Polls = Math.Max(1, packets / 32),
        FullPolls = packets / 32,
        Received = packets,
        Backlog = backlog,
        PState = pState,
        Settled = true,
    };

    public static QueueSample Garbage(Random random) => new()
    {
        ElapsedTicks = random.Next(3) == 0 ? 0 : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        CallTicks = random.Next(3) == 0 ? 0 : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        Received = Count(random),
        Backlog = random.Next(4) switch { 0 => -1, 1 => int.MaxValue, 2 => int.MinValue, _ => random.Next(0, 1 << random.Next(31)) },
        Polls = Count(random),
        EmptyPolls = Count(random),
        FullPolls = Count(random),
        PState = random.Next(10) == 0 ? int.MinValue : random.Next(-5, 30),
        Settled = random.Next(2) == 0,
    };

    /// <summary>The last decision of so many equal samples; the host grants all.</summary>
    public static int Repeat(IGovernor governor, int times, Func<int, QueueSample> sample, int pState = 0)
    {
        for (int i = 0; i < times; i++)
        {
            pState = governor.Decide(sample(pState)).PState;
        }

        return pState;
    }

    private static uint Count(Random random) => random.Next(8) == 0 ? uint.MaxValue : (uint)random.NextInt64(0, 1L << random.Next(33));
}
