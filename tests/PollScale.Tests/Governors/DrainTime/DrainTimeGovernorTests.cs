using PollScale.Governors;
using PollScale.Polling;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Shared.Governors;
using PollScale.Tests.Transports;
using Xunit;

namespace PollScale.Tests.Governors;

public class DrainTimeGovernorTests
{
    private const ulong Period = GovernorSamples.Period;

    [DrawnProperty(300, Arbitrary = [typeof(GovernorDraws)])]
    public bool A_longer_queue_never_asks_for_less_speed(Plausible[] past, Plausible last, ushort backlog, ushort more)
    {
        (DrainTimeGovernor shorter, DrainTimeGovernor longer) = Twins(past);
        QueueSample sample = last.Sample with { Backlog = backlog % 4096 };
        return longer.Decide(sample with { Backlog = Math.Min(4095, sample.Backlog + more) }).PState <= shorter.Decide(sample).PState;
    }

    [DrawnProperty(300, Arbitrary = [typeof(GovernorDraws)])]
    public bool More_arrivals_never_ask_for_less_speed(Plausible[] past, Plausible last, byte more)
    {
        (DrainTimeGovernor fewer, DrainTimeGovernor many) = Twins(past);

        // An unsettled sample teaches no packet cost, which more packets in the same time would lower.
        QueueSample sample = last.Sample with { Settled = false };
        return many.Decide(sample with { Received = sample.Received + more }).PState <= fewer.Decide(sample).PState;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void A_dangerous_queue_goes_to_the_fastest_in_one_decision(int step)
    {
        // It drains so slowly, and the queue creeps up so slowly, that only the bound on loss speaks.
        DrainTimeGovernor governor = new(GovernorSamples.Context(), new DrainTimeOptions { DrainTime = TimeSpan.FromSeconds(1) });
        ScalingDecision decision = new(0);
        for (int i = 0; i < 300; i++)
        {
            decision = governor.Decide(GovernorSamples.Quiet with { PState = decision.PState });
        }

        int backlog = 0;
        while (backlog + step < decision.EscalateAt && backlog < 4096)
        {
            backlog += step;
            decision = governor.Decide(GovernorSamples.Quiet with { PState = 20, Backlog = backlog });
            Assert.True(decision.PState == 20 || decision == new ScalingDecision(0, ScalingDecision.Never), $"{decision} at backlog {backlog}");
        }

        Assert.InRange(backlog, 1001, (4096 * 3 / 4) - 1);
        Assert.Equal(new ScalingDecision(0, ScalingDecision.Never), governor.Decide(GovernorSamples.Quiet with { PState = 20, Backlog = backlog + step }));
    }

    [Fact]
    public void The_escalation_backlog_leaves_room_for_a_call_at_the_peak_rate()
    {
        const double PeakPerSecond = 14.88e6;
        DrainTimeOptions options = new() { PeakPacketsPerSecond = PeakPerSecond, CyclesPerPacket = 750, CallTime = TimeSpan.FromMicroseconds(50) };
        DrainTimeGovernor governor = new(GovernorSamples.Context(), options);
        ScalingDecision decision = default;
        for (int i = 0; i < 300; i++)
        {
            decision = governor.Decide(GovernorSamples.Quiet with { PState = decision.PState });
        }

        double serviceNs = 750;
        double growth = (PeakPerSecond * 50e-6) + ((PeakPerSecond - (1e9 / serviceNs)) * (20e-6 + 20e-6 + (32 * serviceNs * 1e-9)));
        Assert.InRange(decision.EscalateAt + growth, 3071, 3073.5);
    }

    [Fact]
    public void A_ring_too_small_for_any_call_stays_at_the_fastest()
    {
        DrainTimeGovernor governor = new(GovernorSamples.Context() with { RingSize = 64, CallTime = TimeSpan.FromMicroseconds(50) });
        Assert.All(Enumerable.Range(0, 500), _ => Assert.Equal(0, governor.Decide(GovernorSamples.Quiet with { PState = 0 }).PState));
    }

    [DrawnProperty(300, Arbitrary = [typeof(GovernorDraws)])]
    public bool An_idle_queue_is_slowest_after_the_hold_time(Plausible[] past)
    {
        DrainTimeGovernor governor = new(GovernorSamples.Context());
        int pState = Warm(governor, past.Select(one => one.Sample));
        for (double ticks = 0; ticks < (500 * 2500.0) + Period; ticks += Period)
        {
            pState = governor.Decide(GovernorSamples.Quiet with { PState = pState }).PState;
        }

        return pState == 20;
    }

    [Fact]
    public void One_long_idle_sample_is_enough()
    {
        DrainTimeGovernor governor = new(GovernorSamples.Context());
        Random random = new(1);
        int pState = Warm(governor, Enumerable.Range(0, 100).Select(_ => Plausible.Make(random)));
        pState = governor.Decide(GovernorSamples.Quiet with { PState = pState }).PState;

        Assert.Equal(20, governor.Decide(GovernorSamples.Quiet with { PState = pState, ElapsedTicks = 2_500_000 }).PState);
    }

    [DrawnProperty(300, Arbitrary = [typeof(GovernorDraws)])]
    public bool Scaling_all_times_together_changes_no_decision(Plausible[] samples)
    {
        DrainTimeGovernor one = new(GovernorSamples.Context());
        DrainTimeGovernor two = new(GovernorSamples.Context() with { TscKHz = 5_000_000, DecisionTicks = 2 * Period });
        return samples.All(plausible =>
        {
            QueueSample sample = plausible.Sample;
            return one.Decide(sample) == two.Decide(sample with { ElapsedTicks = 2 * sample.ElapsedTicks, CallTicks = 2 * sample.CallTicks });
        });
    }

    [DrawnProperty(300, Arbitrary = [typeof(GovernorDraws)])]
    public void Garbage_does_no_lasting_harm(Anything[] past)
    {
        DrainTimeGovernor governor = new(GovernorSamples.Context());
        Array.ForEach(past, any => governor.Decide(any.Sample));

        // Zero time, time that stood still, duplicates: still a queue at the brink means full speed, and silence means rest.
        Assert.Equal(0, governor.Decide(GovernorSamples.Quiet with { Backlog = 4096 }).PState);
        int pState = 0;
        for (int i = 0; i < 100; i++)
        {
            pState = governor.Decide(GovernorSamples.Quiet with { PState = pState, ElapsedTicks = 2_500_000 }).PState;
        }

        Assert.True(double.IsFinite(governor.CyclesPerPacket) && double.IsFinite(governor.ArrivalsPerSecond), $"{governor.CyclesPerPacket} cycles, {governor.ArrivalsPerSecond} packets/s");
        Assert.True(pState == 20 || governor.ArrivalsPerSecond == 0, $"P{pState} at {governor.ArrivalsPerSecond} packets/s");
    }

    [DrawnProperty(300, Arbitrary = [typeof(GovernorDraws)])]
    public bool A_host_that_grants_less_does_not_wind_the_governor_up(Plausible[] samples)
    {
        DrainTimeGovernor governor = new(GovernorSamples.Context());
        for (int i = 0; i < 500 && samples.Length > 0; i++)
        {
            governor.Decide(samples[i % samples.Length].Sample with { PState = 20, Backlog = 3500 });
        }

        for (int i = 0; i < 100; i++)
        {
            governor.Decide(GovernorSamples.Quiet with { PState = 20 });
        }

        return governor.Decide(GovernorSamples.Quiet with { PState = 20 }).PState == 20;
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        DrainTimeGovernor governor = new(GovernorSamples.Context());
        Random random = new(5);
        QueueSample[] samples = [.. Enumerable.Range(0, 1000).Select(_ => Plausible.Make(random) with { PState = 5 })];
        Decide(governor, samples);
        Allocated.Nothing(() => Decide(governor, samples));
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
        Assert.Equal(2, FixedGovernor.Max(FakeHost.Table(fastest: 2, slowest: 18)).Decide(GovernorSamples.Quiet).PState);
        Assert.Equal(18, FixedGovernor.Min(FakeHost.Table(fastest: 2, slowest: 18)).Decide(GovernorSamples.Quiet).PState);
        Assert.Equal(7, FixedGovernor.At(FakeHost.Table(), 7).Decide(GovernorSamples.Quiet).PState);
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedGovernor.At(FakeHost.Table(), 21));
    }

    private static (DrainTimeGovernor, DrainTimeGovernor) Twins(Plausible[] past)
    {
        DrainTimeGovernor one = new(GovernorSamples.Context());
        DrainTimeGovernor two = new(GovernorSamples.Context());
        foreach (Plausible plausible in past)
        {
            one.Decide(plausible.Sample);
            two.Decide(plausible.Sample);
        }

        return (one, two);
    }

    private static int Warm(DrainTimeGovernor governor, IEnumerable<QueueSample> samples) =>
        samples.Aggregate(0, (pState, sample) => governor.Decide(sample with { PState = pState }).PState);

    private static void Decide(DrainTimeGovernor governor, QueueSample[] samples)
    {
        foreach (QueueSample sample in samples)
        {
            governor.Decide(sample);
        }
    }

    private static void Bad(DrainTimeOptions options, string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new DrainTimeGovernor(GovernorSamples.Context(), options)).Message, StringComparison.Ordinal);
}
