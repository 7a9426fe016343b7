using PollScale.Governors;
using PollScale.Simulation.Incumbents;
using PollScale.Tests.Shared.Governors;
using Xunit;

namespace PollScale.Simulation.Tests.Incumbents.L3FwdPower;

/// <summary>The governor around the rule: P-state steps, waits, samples of several polls.</summary>
public class L3FwdPowerGovernorTests
{
    [Fact]
    public void A_backlog_above_96_goes_to_the_fastest_in_one_poll()
    {
        L3FwdPowerGovernor governor = Slowed();
        ScalingDecision decision = governor.Decide(GovernorSamples.Poll(10, 32, 96));
        Assert.Equal(new ScalingDecision(20, 97), decision);
        Assert.Equal(new ScalingDecision(0), governor.Decide(GovernorSamples.Poll(10, 32, 97)));
    }

    [Theory]
    [InlineData(65, 101)]
    [InlineData(33, 10_001)]
    public void The_trend_takes_its_polls_for_one_step(int backlog, int polls)
    {
        L3FwdPowerGovernor governor = Slowed();
        Assert.Equal(20, GovernorSamples.Repeat(governor, polls - 1, _ => GovernorSamples.Poll(5, 32, backlog)));
        Assert.Equal(19, governor.Decide(GovernorSamples.Poll(5, 32, backlog)).PState);
    }

    [Theory]
    [InlineData("on", 10.0, 5.0, 10)]
    [InlineData("on", 10.0, 20.0, 10)]
    [InlineData("on", 200.0, 1.0, 5)]
    [InlineData("off", 200.0, 1.0, 10)]
    public void Light_traffic_falls_a_step_every_100_or_200_ms(string race, double callUs, double pollUs, int steps)
    {
        // The gate opens with the first poll after 100 ms: 5 us past it where polls are 5 us apart, which is before the timer expires.
        int expected = race == "on" && callUs > pollUs ? 5 : steps;
        L3FwdPowerGovernor governor = Make($"timer-race={race},frequency-call-time={callUs}us");
        int polls = (int)(1.015e6 / pollUs);
        int pState = GovernorSamples.Repeat(governor, polls, _ => GovernorSamples.Poll(pollUs, 1, 0));
        Assert.Equal(expected, pState);
    }

    [Fact]
    public void An_idle_core_with_interrupts_never_steps_down_and_one_without_does()
    {
        Assert.Equal(0, GovernorSamples.Repeat(Make("interrupts=on"), 100_000, _ => GovernorSamples.Quiet));
        Assert.InRange(GovernorSamples.Repeat(Make("interrupts=off"), 100_000, _ => GovernorSamples.Quiet), 9, 20);
        Assert.InRange(GovernorSamples.Repeat(Make("no-down-asleep=off"), 100_000, _ => GovernorSamples.Quiet), 9, 20);
    }

    [Fact]
    public void A_nic_that_cannot_tell_its_backlog_runs_at_the_fastest()
    {
        L3FwdPowerGovernor governor = Slowed();
        Assert.Equal(0, governor.Decide(GovernorSamples.Poll(10, 1, -1)).PState);
        Assert.Equal(20, Slowed("negative-count-is-huge=off").Decide(GovernorSamples.Poll(10, 1, -1)).PState);
    }

    [Fact]
    public void Thresholds_can_grow_with_the_ring()
    {
        // 4096 descriptors are 32 times 128.
        L3FwdPowerGovernor governor = Slowed("fixed-thresholds=off");
        Assert.Equal(20, governor.Decide(GovernorSamples.Poll(10, 32, 96 * 32)).PState);
        Assert.Equal(0, governor.Decide(GovernorSamples.Poll(10, 32, (96 * 32) + 1)).PState);
    }

    [Fact]
    public void A_trend_that_decays_forgets_an_old_queue()
    {
        foreach ((string option, int expected) in new[] { ("trend-never-decays=on", 19), ("trend-never-decays=off", 20) })
        {
            L3FwdPowerGovernor governor = Slowed(option);
            GovernorSamples.Repeat(governor, 100, _ => GovernorSamples.Poll(5, 32, 80));
            governor.Decide(GovernorSamples.Poll(5, 32, 0));
            Assert.Equal(expected, governor.Decide(GovernorSamples.Poll(5, 32, 80)).PState);
        }
    }

    [Fact]
    public void A_sample_of_several_polls_counts_each()
    {
        L3FwdPowerGovernor governor = Slowed();
        Assert.Equal(19, governor.Decide(GovernorSamples.Poll(20, 32, 80) with { Polls = 101, FullPolls = 101, Received = 101 * 32 }).PState);
    }

    [Fact]
    public void Samples_without_polls_change_nothing()
    {
        L3FwdPowerGovernor governor = Make("interrupts=off");
        Assert.Equal(0, GovernorSamples.Repeat(governor, 1000, _ => GovernorSamples.Quiet with { Polls = 0, EmptyPolls = 0, ElapsedTicks = 1UL << 40 }));
    }

    [Fact]
    public void Every_option_out_of_range_is_named()
    {
        Bad(new L3FwdPowerOptions { Gear1Packets = 65 }, "Gear2Packets");
        Bad(new L3FwdPowerOptions { Gear3Packets = 70_000 }, "Gear3Packets");
        Bad(new L3FwdPowerOptions { TrendThreshold = 0 }, "TrendThreshold");
        Bad(new L3FwdPowerOptions { SuspendPolls = 1 }, "SuspendPolls");
        Bad(new L3FwdPowerOptions { SleepRatio = float.NaN }, "SleepRatio");
        Bad(new L3FwdPowerOptions { TimerPeriod = TimeSpan.Zero }, "TimerPeriod");
        Bad(new L3FwdPowerOptions { FrequencyCallTime = TimeSpan.FromSeconds(1) }, "FrequencyCallTime");
    }

    private static L3FwdPowerGovernor Make(string options) => (L3FwdPowerGovernor)ComparedGovernors.Parse($"l3fwd-power:{options}")(GovernorSamples.Context());

    // One packet now and then for 20 timer periods and more, so that the slowest is reached and no wish for speed stands.
    private static L3FwdPowerGovernor Slowed(string options = "timer-race=on")
    {
        L3FwdPowerGovernor governor = Make(options);
        Assert.Equal(20, GovernorSamples.Repeat(governor, 45_000, _ => GovernorSamples.Poll(100, 1, 0)));
        return governor;
    }

    private static void Bad(L3FwdPowerOptions options, string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new L3FwdPowerGovernor(GovernorSamples.Context(), options)).Message, StringComparison.Ordinal);
}
