using FsCheck;
using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Polling;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class DrainTimeGovernorTests
{
    private const ulong Period = 50_000; // 20 us at 2.5 GHz
    private static readonly Config s_property = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void Decisions_stay_in_the_allowed_range() => ForSeeds(random =>
    {
        int fastest = random.Next(0, 10);
        int slowest = random.Next(fastest, 21);
        DrainTimeGovernor governor = new(Context(FakeHost.Table(fastest: fastest, slowest: slowest)));
        return Enumerable.Range(0, 50).All(_ =>
        {
            ScalingDecision decision = governor.Decide(Garbage(random));
            return decision.PState >= fastest && decision.PState <= slowest && decision.EscalateAt > 0;
        });
    });

    [Fact]
    public void A_longer_queue_never_asks_for_less_speed() => ForSeeds(random =>
    {
        (DrainTimeGovernor shorter, DrainTimeGovernor longer) = Twins(random);
        QueueSample sample = Plausible(random, random.Next(21)) with { Backlog = random.Next(0, 4096) };
        int more = sample.Backlog + random.Next(0, 4096 - sample.Backlog);
        return longer.Decide(sample with { Backlog = more }).PState <= shorter.Decide(sample).PState;
    });

    [Fact]
    public void More_arrivals_never_ask_for_less_speed() => ForSeeds(random =>
    {
        (DrainTimeGovernor fewer, DrainTimeGovernor more) = Twins(random);

        // An unsettled sample teaches no packet cost, which more packets in the same time would lower.
        QueueSample sample = Plausible(random, random.Next(21)) with { Settled = false };
        uint received = sample.Received + (uint)random.Next(0, 100);
        return more.Decide(sample with { Received = received }).PState <= fewer.Decide(sample).PState;
    });

    [Fact]
    public void A_dangerous_queue_goes_to_the_fastest_in_one_decision() => ForSeeds(random =>
    {
        // It drains so slowly, and the queue creeps up so slowly, that only the bound on loss speaks.
        DrainTimeGovernor governor = new(Context(), new DrainTimeOptions { DrainTime = TimeSpan.FromSeconds(1) });
        ScalingDecision decision = new(0);
        for (int i = 0; i < 300; i++)
        {
            decision = governor.Decide(Quiet with { PState = decision.PState });
        }

        int backlog = 0;
        int step = random.Next(1, 10);
        while (backlog + step < decision.EscalateAt && backlog < 4096)
        {
            backlog += step;
            decision = governor.Decide(Quiet with { PState = 20, Backlog = backlog });
            if (decision.PState != 20 && decision != new ScalingDecision(0, ScalingDecision.Never))
            {
                return false;
            }
        }

        ScalingDecision danger = governor.Decide(Quiet with { PState = 20, Backlog = backlog + step });
        return backlog is > 1000 and < 4096 * 3 / 4 && danger == new ScalingDecision(0, ScalingDecision.Never);
    });

    [Fact]
    public void The_escalation_backlog_leaves_room_for_a_call_at_the_peak_rate()
    {
        const double PeakPerSecond = 14.88e6;
        DrainTimeOptions options = new() { PeakPacketsPerSecond = PeakPerSecond, CyclesPerPacket = 750 };
        DrainTimeGovernor governor = new(Context(), options);
        ScalingDecision decision = default;
        for (int i = 0; i < 300; i++)
        {
            decision = governor.Decide(Quiet with { PState = decision.PState });
        }

        double serviceNs = 750;
        double growth = (PeakPerSecond * 50e-6) + ((PeakPerSecond - (1e9 / serviceNs)) * (20e-6 + 20e-6 + (32 * serviceNs * 1e-9)));
        Assert.InRange(decision.EscalateAt + growth, 3071, 3073.5);
    }

    [Fact]
    public void A_ring_too_small_for_any_call_stays_at_the_fastest()
    {
        DrainTimeGovernor governor = new(Context() with { RingSize = 64 });
        Assert.All(Enumerable.Range(0, 500), _ => Assert.Equal(0, governor.Decide(Quiet with { PState = 0 }).PState));
    }

    [Fact]
    public void An_idle_queue_is_slowest_after_the_hold_time() => ForSeeds(random =>
    {
        DrainTimeGovernor governor = new(Context());
        int pState = Warm(governor, random);
        QueueSample drained = Quiet with { Received = 0, PState = pState };
        double ticks = 0;
        while (ticks < 500 * 2500.0 + Period)
        {
            pState = governor.Decide(drained with { PState = pState }).PState;
            ticks += Period;
        }

        return pState == 20;
    });

    [Fact]
    public void One_long_idle_sample_is_enough()
    {
        DrainTimeGovernor governor = new(Context());
        int pState = Warm(governor, new Random(1));
        pState = governor.Decide(Quiet with { PState = pState }).PState;

        Assert.Equal(20, governor.Decide(Quiet with { PState = pState, ElapsedTicks = 2_500_000 }).PState);
    }

    [Fact]
    public void Scaling_all_times_together_changes_no_decision() => ForSeeds(random =>
    {
        DrainTimeGovernor one = new(Context());
        DrainTimeGovernor two = new(Context() with { TscKHz = 5_000_000, DecisionTicks = 2 * Period });
        for (int i = 0; i < 100; i++)
        {
            QueueSample sample = Plausible(random, random.Next(21));
            QueueSample scaled = sample with { ElapsedTicks = 2 * sample.ElapsedTicks, CallTicks = 2 * sample.CallTicks };
            if (one.Decide(sample) != two.Decide(scaled))
            {
                return false;
            }
        }

        return true;
    });

    [Fact]
    public void The_same_samples_give_the_same_decisions() => ForSeeds(random =>
    {
        (DrainTimeGovernor one, DrainTimeGovernor two) = Twins(random);
        return Enumerable.Range(0, 50).All(_ =>
        {
            QueueSample sample = Garbage(random);
            return one.Decide(sample) == two.Decide(sample);
        });
    });

    [Fact]
    public void Garbage_does_no_lasting_harm() => ForSeeds(random =>
    {
        DrainTimeGovernor governor = new(Context());
        for (int i = 0; i < 50; i++)
        {
            governor.Decide(Garbage(random));
        }

        // Zero time, time that stood still, duplicates: still a queue at the brink means full speed, and silence means rest.
        bool brink = governor.Decide(Quiet with { Backlog = 4096 }).PState == 0;
        int pState = 0;
        for (int i = 0; i < 100; i++)
        {
            pState = governor.Decide(Quiet with { PState = pState, ElapsedTicks = 2_500_000 }).PState;
        }

        return brink && double.IsFinite(governor.CyclesPerPacket) && double.IsFinite(governor.ArrivalsPerSecond) && (pState == 20 || governor.ArrivalsPerSecond == 0);
    });

    [Fact]
    public void A_host_that_grants_less_does_not_wind_the_governor_up() => ForSeeds(random =>
    {
        DrainTimeGovernor governor = new(Context());
        for (int i = 0; i < 500; i++)
        {
            governor.Decide(Plausible(random, 20) with { Backlog = 3500 });
        }

        for (int i = 0; i < 100; i++)
        {
            governor.Decide(Quiet with { PState = 20 });
        }

        return governor.Decide(Quiet with { PState = 20 }).PState == 20;
    });

    [Fact]
    public void Deciding_allocates_nothing()
    {
        DrainTimeGovernor governor = new(Context());
        Random random = new(5);
        QueueSample[] samples = [.. Enumerable.Range(0, 1000).Select(_ => Plausible(random, 5))];
        Decide(governor, samples);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decide(governor, samples);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Every_option_out_of_range_is_named()
    {
        Bad(new DrainTimeOptions { DrainTime = TimeSpan.Zero }, nameof(DrainTimeOptions.DrainTime));
        Bad(new DrainTimeOptions { SetpointBacklog = -1 }, nameof(DrainTimeOptions.SetpointBacklog));
        Bad(new DrainTimeOptions { HoldTime = TimeSpan.FromSeconds(2) }, nameof(DrainTimeOptions.HoldTime));
        Bad(new DrainTimeOptions { RateTime = TimeSpan.Zero }, nameof(DrainTimeOptions.RateTime));
        Bad(new DrainTimeOptions { RateMargin = 0.9 }, nameof(DrainTimeOptions.RateMargin));
        Bad(new DrainTimeOptions { StepHeadroom = double.NaN }, nameof(DrainTimeOptions.StepHeadroom));
        Bad(new DrainTimeOptions { CyclesPerPacket = 0 }, nameof(DrainTimeOptions.CyclesPerPacket));
        Bad(new DrainTimeOptions { HighWater = 1.1 }, nameof(DrainTimeOptions.HighWater));
        Bad(new DrainTimeOptions { PeakPacketsPerSecond = double.PositiveInfinity }, nameof(DrainTimeOptions.PeakPacketsPerSecond));
        Bad(new DrainTimeOptions { CallTime = TimeSpan.FromSeconds(1) }, nameof(DrainTimeOptions.CallTime));
        Bad(new DrainTimeOptions { ActuatorLatency = TimeSpan.FromSeconds(-1) }, nameof(DrainTimeOptions.ActuatorLatency));
    }

    [Fact]
    public void Fixed_governors_hold_still()
    {
        Assert.Equal(2, FixedGovernor.Max(FakeHost.Table(fastest: 2, slowest: 18)).Decide(Quiet).PState);
        Assert.Equal(18, FixedGovernor.Min(FakeHost.Table(fastest: 2, slowest: 18)).Decide(Quiet).PState);
        Assert.Equal(7, FixedGovernor.At(FakeHost.Table(), 7).Decide(Quiet).PState);
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedGovernor.At(FakeHost.Table(), 21));
    }

    private static QueueSample Quiet => new() { ElapsedTicks = Period, Polls = 500, EmptyPolls = 500, Settled = true };

    private static GovernorContext Context(PollScale.Hypercall.PStateTable? pStates = null) => new(pStates ?? FakeHost.Table(), 2_500_000, 4096, 32, Period);

    private static void ForSeeds(Func<Random, bool> property) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => property(new Random(seed))).Check(s_property);

    private static (DrainTimeGovernor, DrainTimeGovernor) Twins(Random random)
    {
        DrainTimeGovernor one = new(Context());
        DrainTimeGovernor two = new(Context());
        for (int i = random.Next(60); i > 0; i--)
        {
            QueueSample sample = Plausible(random, random.Next(21));
            one.Decide(sample);
            two.Decide(sample);
        }

        return (one, two);
    }

    private static int Warm(DrainTimeGovernor governor, Random random)
    {
        int pState = 0;
        for (int i = random.Next(50, 200); i > 0; i--)
        {
            pState = governor.Decide(Plausible(random, pState)).PState;
        }

        return pState;
    }

    private static QueueSample Plausible(Random random, int pState)
    {
        uint full = (uint)random.Next(0, 3);
        uint empty = random.Next(2) == 0 ? 0 : (uint)random.Next(0, 500);
        return new QueueSample
        {
            ElapsedTicks = (ulong)random.Next(40_000, 200_000),
            CallTicks = random.Next(10) == 0 ? 5_000UL : 0,
            Received = full * 32,
            Backlog = random.Next(0, 200),
            Polls = full + empty,
            EmptyPolls = empty,
            FullPolls = full,
            PState = pState,
            Settled = random.Next(4) != 0,
        };
    }

    private static QueueSample Garbage(Random random) => new()
    {
        ElapsedTicks = random.Next(3) == 0 ? 0 : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        CallTicks = random.Next(3) == 0 ? 0 : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        Received = (uint)random.NextInt64(0, 1L << random.Next(32)),
        Backlog = random.Next(-1, 1 << random.Next(30)),
        Polls = (uint)random.NextInt64(0, 1L << random.Next(32)),
        EmptyPolls = (uint)random.NextInt64(0, 1L << random.Next(32)),
        FullPolls = (uint)random.NextInt64(0, 1L << random.Next(32)),
        PState = random.Next(-5, 30),
        Settled = random.Next(2) == 0,
    };

    private static void Decide(DrainTimeGovernor governor, QueueSample[] samples)
    {
        foreach (QueueSample sample in samples)
        {
            governor.Decide(sample);
        }
    }

    private static void Bad(DrainTimeOptions options, string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new DrainTimeGovernor(Context(), options)).Message, StringComparison.Ordinal);
}
