using PollScale.Governors;
using PollScale.Polling;
using PollScale.Simulation.Incumbents;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Shared.Governors;
using Xunit;

namespace PollScale.Simulation.Tests.Incumbents;

/// <summary>The rules of ondemand, conservative, schedutil, pmd-scale, speed scaling and thresholds.</summary>
public class IncumbentGovernorTests
{
    private const int SamplesOf10Ms = 500;

    [Fact]
    public void Ondemand_is_in_proportion_up_to_its_threshold_and_fastest_above()
    {
        OndemandGovernor governor = new(GovernorSamples.Context());
        int pState = Load(governor, 0);
        Assert.Equal(20, pState);

        // 1.0 GHz + 50 % of 2 GHz.
        pState = Load(governor, 50, pState);
        Assert.InRange(pState, 9, 11);
        pState = Load(governor, 79, pState);
        Assert.InRange(pState, 4, 5);
        Assert.Equal(0, Load(governor, 85, pState));
    }

    [Fact]
    public void Ondemand_decides_once_a_sampling_period_and_lingers_at_the_fastest()
    {
        OndemandGovernor governor = new(GovernorSamples.Context(), new OndemandOptions { SamplingDownFactor = 3 });
        int pState = Load(governor, 0);
        Assert.Equal(20, GovernorSamples.Repeat(governor, SamplesOf10Ms - 1, _ => GovernorSamples.Load(100, 20), pState));
        Assert.Equal(0, governor.Decide(GovernorSamples.Load(100, 20)).PState);
        Assert.Equal(0, GovernorSamples.Repeat(governor, (3 * SamplesOf10Ms) - 1, _ => GovernorSamples.Load(0, 0)));
        Assert.Equal(20, governor.Decide(GovernorSamples.Load(0, 0)).PState);
    }

    [Fact]
    public void Conservative_goes_by_steps_of_its_own()
    {
        ConservativeGovernor governor = new(GovernorSamples.Context());

        // 3.0 GHz less 150 MHz is 2.85 GHz: the slowest not below it is 2.9 GHz; less 300 MHz it is 2.7 GHz.
        Assert.Equal(1, Load(governor, 0));
        Assert.Equal(3, Load(governor, 0));
        Assert.Equal(3, Load(governor, 50));
        int pState = GovernorSamples.Repeat(governor, 40 * SamplesOf10Ms, at => GovernorSamples.Load(0, at));
        Assert.Equal(20, pState);

        // 1.15 GHz: the fastest not above it is 1.1 GHz; then 1.3 GHz.
        Assert.Equal(19, Load(governor, 95, pState));
        Assert.Equal(17, Load(governor, 95, 19));
    }

    [Fact]
    public void Schedutil_runs_at_a_quarter_above_the_utilization()
    {
        SchedutilGovernor governor = new(GovernorSamples.Context());
        int pState = GovernorSamples.Repeat(governor, 20_000, at => GovernorSamples.Load(0, at));
        Assert.Equal(20, pState);

        // 30 % of 3 GHz, seen as a larger share of a slower core.
        pState = GovernorSamples.Repeat(governor, 50_000, at => GovernorSamples.Load(30 * 3.0 / (3.0 - (at * 0.1)), at), pState);
        Assert.InRange(governor.Utilization, 0.28, 0.34);
        Assert.InRange(pState, 17, 19);
        GovernorSamples.Repeat(governor, 1_600, at => GovernorSamples.Load(0, at), pState);
        Assert.InRange(governor.Utilization, 0.14, 0.17);
    }

    [Fact]
    public void Schedutil_keeps_its_rate_limit_and_never_falls_without_an_idle_moment()
    {
        SchedutilGovernor governor = new(GovernorSamples.Context(), new SchedutilOptions { RateLimit = TimeSpan.FromMilliseconds(1), HalfLife = TimeSpan.FromMicroseconds(100) });
        int changes = 0;
        int pState = 0;
        for (int i = 0; i < 500; i++)
        {
            int next = governor.Decide(GovernorSamples.Load(i % 20 * 5, pState)).PState;
            changes += next != pState ? 1 : 0;
            pState = next;
        }

        Assert.InRange(changes, 2, 10);
        governor = new SchedutilGovernor(GovernorSamples.Context());
        QueueSample busy = new() { ElapsedTicks = GovernorSamples.Period, Polls = 2, FullPolls = 2, Received = 64, PState = 20, Settled = true };
        Assert.Equal(0, GovernorSamples.Repeat(governor, 20_000, _ => busy));

        // 1.25 times a third of 3 GHz, the utilization of a slowest core that is always busy.
        Assert.Equal(17, GovernorSamples.Repeat(governor, 1_000, _ => busy with { Polls = 3, EmptyPolls = 1 }));
    }

    [Fact]
    public void A_pmd_scales_to_the_slowest_after_512_empty_polls()
    {
        PmdScaleGovernor governor = new(GovernorSamples.Context());
        Assert.Equal(0, GovernorSamples.Repeat(governor, 512, _ => GovernorSamples.Poll(0.1, 0, 0)));
        Assert.Equal(20, governor.Decide(GovernorSamples.Poll(0.1, 0, 0)).PState);
        Assert.Equal(new ScalingDecision(20, 1), governor.Decide(GovernorSamples.Poll(0.1, 0, 0)));
        Assert.Equal(0, governor.Decide(GovernorSamples.Poll(0.1, 1, 0)).PState);
    }

    [Fact]
    public void Speed_scaling_inverts_the_power_function()
    {
        SpeedScalingGovernor governor = new(GovernorSamples.Context());

        // (1.5 / 3)^3 * 64 = 8 packets.
        Assert.Equal(15, governor.Decide(GovernorSamples.Quiet with { Backlog = 8 }).PState);
        Assert.Equal(14, governor.Decide(GovernorSamples.Quiet with { Backlog = 9 }).PState);
        Assert.Equal(20, governor.Decide(GovernorSamples.Quiet).PState);
        Assert.Equal(0, governor.Decide(GovernorSamples.Quiet with { Backlog = 64 }).PState);
        int escalateAt = governor.Decide(GovernorSamples.Quiet).EscalateAt;
        Assert.Equal(0, governor.Decide(GovernorSamples.Quiet with { Backlog = escalateAt }).PState);
        Assert.NotEqual(0, governor.Decide(GovernorSamples.Quiet with { Backlog = escalateAt - 1 }).PState);
    }

    [Fact]
    public void Speed_scaling_takes_a_power_table()
    {
        SpeedScalingGovernor governor = new(GovernorSamples.Context(GovernorSamples.Table(count: 3)), new SpeedScalingOptions { Watts = [6, 4, 1], Beta = 0.5 });
        Assert.Equal([2, 2, 1, 1, 0, 0], new[] { 0, 2, 3, 8, 9, 100 }.Select(backlog => governor.Decide(GovernorSamples.Quiet with { Backlog = backlog }).PState));
    }

    [Fact]
    public void Where_the_nic_cannot_tell_full_bursts_speak()
    {
        SpeedScalingGovernor governor = new(GovernorSamples.Context());
        QueueSample full = new() { ElapsedTicks = GovernorSamples.Period, Polls = 1, FullPolls = 1, Received = 32, Backlog = -1 };
        Assert.InRange(governor.Decide(full).PState, 1, 19);
        Assert.Equal(0, governor.Decide(full).PState);
        Assert.Equal(20, governor.Decide(full with { FullPolls = 0 }).PState);
    }

    [Fact]
    public void Thresholds_move_one_step_an_interval()
    {
        ThresholdGovernor governor = new(GovernorSamples.Context());
        Assert.Equal(0, GovernorSamples.Repeat(governor, 4, _ => GovernorSamples.Quiet with { Backlog = 15 }));
        Assert.Equal(1, governor.Decide(GovernorSamples.Quiet with { Backlog = 15 }).PState);
        Assert.Equal(2, GovernorSamples.Repeat(governor, 5, _ => GovernorSamples.Quiet));
        Assert.Equal(2, GovernorSamples.Repeat(governor, 50, _ => GovernorSamples.Quiet with { Backlog = 64 }));
        Assert.Equal(1, GovernorSamples.Repeat(governor, 5, _ => GovernorSamples.Quiet with { Backlog = 65 }));
        Assert.Equal(20, GovernorSamples.Repeat(governor, 500, _ => GovernorSamples.Quiet));
    }

    [DrawnProperty(300)]
    public void A_longer_queue_never_asks_for_less_speed((byte Percent, byte PState, byte Backlog)[] past, byte percent, byte backlog, byte more) =>
        Assert.All((string[])["speed-scaling", "threshold:interval=10us", "l3fwd-power", "pmd-scale"], name =>
        {
            (IGovernor shorter, IGovernor longer) = Twins(name, past);
            QueueSample sample = GovernorSamples.Load(percent % 101, 5) with { Backlog = backlog };
            Assert.InRange(longer.Decide(sample with { Backlog = backlog + more }).PState, 0, shorter.Decide(sample).PState);
        });

    [DrawnProperty(300)]
    public void More_load_never_asks_for_less_speed((byte Percent, byte PState, byte Backlog)[] past, byte percent, byte more) =>
        Assert.All((string[])["ondemand:sampling-period=20us", "conservative:sampling-period=20us", "schedutil:rate-limit=0us"], name =>
        {
            (IGovernor few, IGovernor many) = Twins(name, past);
            int load = 1 + (percent % 89);
            Assert.InRange(many.Decide(GovernorSamples.Load(load + (more % 10), 5)).PState, 0, few.Decide(GovernorSamples.Load(load, 5)).PState);
        });

    private static int Load(IGovernor governor, double percent, int pState = 0) =>
        GovernorSamples.Repeat(governor, SamplesOf10Ms, at => GovernorSamples.Load(percent, at), pState);

    private static (IGovernor, IGovernor) Twins(string name, (byte Percent, byte PState, byte Backlog)[] past)
    {
        IGovernor one = ComparedGovernors.Parse(name)(GovernorSamples.Context());
        IGovernor two = ComparedGovernors.Parse(name)(GovernorSamples.Context());
        foreach ((byte percent, byte pState, byte backlog) in past)
        {
            QueueSample sample = GovernorSamples.Load(percent % 101, pState % 21) with { Backlog = backlog % 150 };
            one.Decide(sample);
            two.Decide(sample);
        }

        return (one, two);
    }
}
