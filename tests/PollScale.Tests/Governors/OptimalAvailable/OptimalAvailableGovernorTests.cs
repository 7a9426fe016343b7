using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Shared.Governors;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class OptimalAvailableGovernorTests
{
    // 1 / (1060 cycles per packet at 3 GHz), about: below what the fastest P-state serves.
    private const double Peak = 2.8e6;

    [DrawnProperty(200, Arbitrary = [typeof(GovernorDraws)])]
    public bool More_backlog_never_asks_for_less_speed(Loaded[] past, byte rounds, Loaded last, ushort more)
    {
        OptimalAvailableGovernor few = Make(), many = Make();
        int pState = 0;
        for (int round = rounds % 20; round >= 0; round--)
        {
            foreach (Loaded one in past)
            {
                QueueSample sample = one.Sample with { PState = pState };
                pState = few.Decide(sample).PState;
                many.Decide(sample);
            }
        }

        QueueSample next = last.Sample with { PState = pState };
        return many.Decide(next with { Backlog = next.Backlog + (more % 3000) }).PState <= few.Decide(next).PState;
    }

    /// <summary>Nor where a decision stands and would now be for less: what ends its standing is more.</summary>
    [Fact]
    public void More_backlog_ends_no_quiet_in_less_speed()
    {
        Loaded[] busy = [.. ((uint[])[57, 36]).Select(received => new Loaded(new QueueSample { ElapsedTicks = 50_000, Received = received, Polls = 1, FullPolls = 1, Settled = true }))];
        Loaded last = new(new QueueSample { ElapsedTicks = 50_000, Received = 20, Backlog = 49, Polls = 92, EmptyPolls = 90, Settled = true });
        Assert.True(More_backlog_never_asks_for_less_speed(busy, 10, last, 12));
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(500_000)]
    public void A_ring_about_to_overflow_takes_one_decision(uint latencyNs)
    {
        OptimalAvailableGovernor governor = Make(FakeHost.Table(latencyNs: latencyNs));
        GovernorSamples.Repeat(governor, 500, pState => GovernorSamples.Busy(40, 0, pState)); // so that it is known what packets cost
        int idle = GovernorSamples.Repeat(governor, 50_000, pState => GovernorSamples.Quiet with { PState = pState });
        Assert.Equal(20, idle);
        Assert.Equal(0, governor.Decide(GovernorSamples.Busy(64, 3900, idle)).PState);
    }

    [Fact]
    public void An_empty_queue_ends_at_the_slowest_and_asks_for_nothing_more()
    {
        OptimalAvailableGovernor governor = Make();
        GovernorSamples.Repeat(governor, 500, pState => GovernorSamples.Busy(40, 0, pState));
        int pState = GovernorSamples.Repeat(governor, 100_000, p => GovernorSamples.Quiet with { PState = p });
        Assert.Equal(20, pState);
        for (int i = 0; i < 10_000; i++)
        {
            Assert.Equal(20, governor.Decide(GovernorSamples.Quiet with { PState = 20 }).PState);
        }
    }

    [Fact]
    public void When_the_clock_began_does_not_matter()
    {
        // A long silence first: only the time since start differs, once all that was learned is learned alike. Both are whole numbers of what is learned from together.
        OptimalAvailableGovernor soon = Make(), late = Make();
        int a = GovernorSamples.Repeat(soon, 64_000, p => GovernorSamples.Quiet with { PState = p });
        int b = GovernorSamples.Repeat(late, 160_000, p => GovernorSamples.Quiet with { PState = p });
        Random random = new(11);
        for (int i = 0; i < 2000; i++)
        {
            QueueSample sample = Loaded.Make(random);
            a = soon.Decide(sample with { PState = a }).PState;
            b = late.Decide(sample with { PState = b }).PState;
            Assert.Equal(a, b);
        }
    }

    [Fact]
    public void A_clock_that_stands_still_or_leaps_does_no_lasting_harm()
    {
        OptimalAvailableGovernor governor = Make();
        Random random = new(3);
        int pState = 0;
        foreach (ulong elapsed in (ulong[])[0, 0, 0, 1, ulong.MaxValue >> 20, 0, 1UL << 40, 0])
        {
            governor.Decide(GovernorSamples.Quiet with { ElapsedTicks = elapsed, PState = pState });
        }

        pState = GovernorSamples.Repeat(governor, 100_000, p => GovernorSamples.Quiet with { PState = p });
        Assert.Equal(20, pState);
        Assert.Equal(0, GovernorSamples.Repeat(governor, 50_000, p => GovernorSamples.Busy(64, 3900, p), pState));
    }

    [Fact]
    public void A_nic_that_tells_no_backlog_is_served_by_full_polls()
    {
        OptimalAvailableGovernor governor = Make();
        int idle = GovernorSamples.Repeat(governor, 50_000, p => GovernorSamples.Quiet with { PState = p, Backlog = -1 });
        int busy = idle;
        for (int i = 0; i < 1_000; i++)
        {
            // What the P-state in effect serves, never less: 1000 cycles a packet.
            busy = governor.Decide(GovernorSamples.Busy(32, -1, busy) with { ElapsedTicks = (ulong)(32 * 1000 * 2.5e6 / FakeHost.Table()[busy]) }).PState;
        }

        Assert.Equal(20, idle);
        Assert.Equal(0, busy);
    }

    [Fact]
    public void A_host_that_denies_everything_winds_nothing_up()
    {
        OptimalAvailableGovernor governor = Make();
        GovernorSamples.Repeat(governor, 50_000, _ => GovernorSamples.Quiet with { PState = 10 });
        GovernorSamples.Repeat(governor, 20_000, _ => GovernorSamples.Busy(40, 3900, 10), 10);
        int pState = -1, decisions = 0;
        while (pState != 20 && decisions++ < 20_000)
        {
            pState = governor.Decide(GovernorSamples.Quiet with { PState = 10 }).PState;
        }

        Assert.InRange(decisions, 0, 2_000);
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        OptimalAvailableGovernor governor = Make();
        Random random = new(5);
        QueueSample[] samples = [.. Enumerable.Range(0, 1000).Select(i => i % 7 == 0 ? GovernorSamples.Garbage(random) : Loaded.Make(random))];
        Run();
        Allocated.Nothing(() => Run());

        void Run()
        {
            foreach (QueueSample sample in samples)
            {
                governor.Decide(sample);
            }
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused() => Assert.All(
        new OptimalAvailableOptions[]
        {
            new() { DelayBound = TimeSpan.Zero },
            new() { BoundShare = 0 },
            new() { PeakPacketsPerSecond = double.NaN },
            new() { PeakPacketsPerSecond = -1 },
            new() { HighWater = 1.01 },
            new() { RateTime = TimeSpan.MaxValue },
            new() { LagShare = 1.01 },
            new() { CyclesPerPacket = double.PositiveInfinity },
            new() { CallTime = TimeSpan.FromTicks(-1) },
            new() { ActuatorLatency = TimeSpan.FromSeconds(1) },
        },
        options => Assert.Throws<ArgumentException>(() => new OptimalAvailableGovernor(GovernorSamples.Context(), options)));

    private static OptimalAvailableGovernor Make(PStateTable? table = null, double peak = Peak) =>
        new(GovernorSamples.Context(table), new OptimalAvailableOptions { PeakPacketsPerSecond = peak });
}
