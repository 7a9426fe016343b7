using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Tests.Shared.Governors;
using Xunit;
using static PollScale.Simulation.Tests.Running.TestCores;

namespace PollScale.Simulation.Tests.Incumbents;

/// <summary>Rules that sleep between polls, on traces worked out by hand, and what a simulated lcore makes of a sleep.</summary>
public class SleeperTests
{
    private const int WakeUs = 5;

    [Fact]
    public void Open_vswitch_sleeps_a_microsecond_longer_each_time_until_half_a_batch_comes()
    {
        PmdSleepGovernor governor = new(GovernorSamples.Context(), new PmdSleepOptions { MaxSleep = TimeSpan.FromMicroseconds(4) });
        (uint Packets, int SleepUs)[] trace = [(0, 0), (0, 1), (15, 2), (0, 3), (1, 4), (15, 4), (0, 4), (16, 0), (0, 1), (32, 0), (31, 0), (0, 1)];
        Assert.All(trace, poll => Assert.Equal(poll.SleepUs, SleepUs(governor, poll.Packets)));
        Assert.Equal(0, SleepUs(new PmdSleepGovernor(GovernorSamples.Context(), new PmdSleepOptions { MaxSleep = TimeSpan.Zero }), 0, 3));
    }

    [Fact]
    public void Open_vswitch_cuts_a_sleep_only_after_the_increment_that_passed_the_most()
    {
        PmdSleepGovernor governor = new(GovernorSamples.Context(), new PmdSleepOptions { MaxSleep = TimeSpan.FromMicroseconds(15), Increment = TimeSpan.FromMicroseconds(10) });
        Assert.All([0, 10, 20, 15, 15], us => Assert.Equal(us, SleepUs(governor, 0)));
    }

    [Fact]
    public void Vpp_sleeps_after_each_turn_of_its_loop_which_takes_a_frame_at_most()
    {
        PollSleepGovernor governor = new(GovernorSamples.Context());
        (uint Packets, int SleepUs)[] trace = [(0, 100), (31, 100), (32, 0), (32, 0), (5, 100), (0, 100)];
        Assert.All(trace, poll => Assert.Equal(poll.SleepUs, SleepUs(governor, poll.Packets)));

        // 8 full bursts are a frame.
        Assert.Equal(0, SleepUs(governor, 32, 7));
        Assert.Equal(100, SleepUs(governor, 32));
        Assert.Equal(0, SleepUs(governor, 32));
    }

    [Fact]
    public void Dpdk_pauses_after_each_empty_poll_from_the_513th_on()
    {
        PmdPauseGovernor governor = new(GovernorSamples.Context());
        Assert.Equal(0, SleepUs(governor, 0, 512));
        Assert.Equal(1, SleepUs(governor, 0));
        Assert.Equal(1, SleepUs(governor, 0));
        Assert.Equal(0, SleepUs(governor, 1));
        Assert.Equal(0, SleepUs(governor, 0, 512));
        Assert.Equal(1, SleepUs(governor, 0));
        Assert.Equal(0, SleepUs(new PmdPauseGovernor(GovernorSamples.Context(), new PmdPauseOptions { Tpause = false }), 0, 600));
    }

    [Fact]
    public void Napi_sleeps_until_an_interrupt_once_a_turn_took_less_than_its_budget()
    {
        NapiGovernor governor = new(GovernorSamples.Context());
        LcoreSleep interrupt = new(10_000_000 * GovernorSamples.TicksPerUs, WakeUs * GovernorSamples.TicksPerUs, EndsAtPacket: true);
        (uint Packets, bool Sleeps)[] trace = [(0, true), (5, true), (32, false), (3, true), (32, false), (32, false), (0, true), (32, false), (0, true)];
        foreach ((uint packets, bool sleeps) in trace)
        {
            governor.Decide(GovernorSamples.Poll(0.1, packets, 0));
            Assert.Equal(sleeps ? interrupt : default, governor.Sleep);
        }
    }

    [Fact]
    public void Napi_polls_by_a_timer_for_as_many_empty_turns_as_interrupts_are_deferred()
    {
        NapiGovernor governor = new(GovernorSamples.Context(), new NapiOptions { DeferHardIrqs = 2, FlushTimeout = TimeSpan.FromMicroseconds(20) });
        const int Interrupt = 10_000_000;

        // 64 packets are a turn of their own: the empty one after it has nothing to defer interrupts for.
        (uint Packets, int SleepUs)[] trace = [(0, Interrupt), (5, 20), (0, 20), (0, Interrupt), (0, Interrupt), (1, 20), (32, 0), (0, 20), (0, 20), (0, Interrupt), (32, 0), (32, 0), (0, Interrupt)];
        Assert.All(trace, poll => Assert.Equal(poll.SleepUs, SleepUs(governor, poll.Packets)));
        Assert.Equal(Interrupt, SleepUs(new NapiGovernor(GovernorSamples.Context(), new NapiOptions { DeferHardIrqs = 2 }), 5));
    }

    [Fact]
    public void Napi_wakes_up_with_each_packet()
    {
        // Empty polls of 100 ns at 4 W until 0.1 us; packets at 10 and 20 us, each 5 us of waking up and 400 ns of work later; asleep at 0.5 W otherwise.
        RunResult result = PollLoop.Run(Options(Round with { IdleWatts = 0.5 }, 30 * Us, context => new NapiGovernor(context)) with { DecisionPeriod = 0 }, new ListedArrivals(10 * Us, 20 * Us));
        Assert.Equal((2L, 5.0, 3L), (result.Forwarded, result.Delay.Max, result.Polls));
        Assert.Equal((30 * Us) - (900 * Ns), result.Asleep);
        Assert.Equal((0.9e-6 * 4) + (29.1e-6 * 0.5), result.Joules, 1e-15);
    }

    [Fact]
    public void L3fwd_power_sleeps_until_a_packet_comes_from_the_300th_empty_poll_on()
    {
        L3FwdPowerGovernor governor = new(GovernorSamples.Context());
        for (int i = 0; i < 299; i++)
        {
            governor.Decide(GovernorSamples.Poll(1.5, 0, 0));
            Assert.Equal(default, governor.Sleep);
        }

        governor.Decide(GovernorSamples.Poll(1.5, 0, 0));
        Assert.Equal(new LcoreSleep(10_000 * GovernorSamples.TicksPerUs, WakeUs * GovernorSamples.TicksPerUs, EndsAtPacket: true), governor.Sleep);
        governor.Decide(GovernorSamples.Poll(1.5, 1, 0));
        Assert.Equal(default, governor.Sleep);
    }

    [Fact]
    public void A_sleep_takes_its_time_and_what_waking_up_takes_at_the_power_of_a_sleeper()
    {
        // Each empty poll of 100 ns at 4 W is followed by 1.6 us asleep, 0.3 us of them waking up, at 0.5 W.
        PollLoopOptions options = Options(Round with { IdleWatts = 0.5 }, 170 * Us, _ => Dozing(new LcoreSleep(1300, 300))) with { DecisionPeriod = 0 };
        RunResult result = PollLoop.Run(options, new ListedArrivals());
        Assert.Equal((100L, 160 * Us), (result.Polls, result.Asleep));
        Assert.Equal(170 * Us, result.Residency[0]);
        Assert.Equal((10e-6 * 4) + (160e-6 * 0.5), result.Joules, 1e-15);
        Assert.Equal((10e-6 * 4) + (160e-6 * 0.57), PollLoop.Run(options with { Core = Round }, new ListedArrivals()).Joules, 1e-15);
    }

    // Empty polls of 100 ns at 4 W. C1 from 1 us on and left in 200 ns, C6 from 3 us on and left in 1 us; both left at 4 W.
    [Theory]
    [InlineData(900, 0.0, 0.0, 0)]
    [InlineData(1000, 1.3, 0.0, 200)]
    [InlineData(2999, 3.299, 0.0, 200)]
    [InlineData(3000, 0.0, 3.3, 1000)]
    public void A_wait_takes_the_deepest_idle_state_that_it_is_long_enough_for_and_ends_later_by_what_leaving_it_takes(ulong waitNs, double c1, double c6, long exitNs)
    {
        const int Polls = 10;
        long turn = (100 + (long)waitNs + 300 + exitNs) * Ns;
        PollLoopOptions options = Options(Deep, Polls * turn, _ => Dozing(new LcoreSleep(waitNs, 300))) with { DecisionPeriod = 0 };
        RunResult result = PollLoop.Run(options, new ListedArrivals());
        Assert.Equal(Polls, result.Polls);
        Assert.Equal([(long)(Polls * c1 * Us), (long)(Polls * c6 * Us)], result.IdleResidency);
        Assert.Equal(Polls * ((c1 * 1e-6 * 0.5) + (c6 * 1e-6 * 0.1) + (4 * (SimTime.ToSeconds(turn) - ((c1 + c6) * 1e-6)))), result.Joules, 1e-15);
    }

    [Fact]
    public void A_wait_that_a_packet_ends_takes_the_state_for_as_long_as_it_lasted()
    {
        // From 100 ns on; the packet comes 1.4 us later, waits for 300 ns and for C1 to be left.
        RunResult result = PollLoop.Run(Options(Deep, 20 * Us, _ => Dozing(new LcoreSleep(5000, 300, EndsAtPacket: true))) with { DecisionPeriod = 0 }, new ListedArrivals(1500 * Ns));
        Assert.Equal(0.5, result.Delay.Max, 9);
        Assert.Equal(1700 * Ns, result.IdleResidency[0]);
    }

    [Fact]
    public void A_pause_is_in_no_idle_state_of_the_kernels_and_draws_what_the_shallowest_does()
    {
        RunResult result = PollLoop.Run(Options(Deep, 11 * Us, _ => Dozing(new LcoreSleep(1000, 0, IsPause: true))) with { DecisionPeriod = 0 }, new ListedArrivals());
        Assert.Equal([10 * Us, 0L], result.IdleResidency);
        Assert.Equal((10e-6 * 0.5) + (1e-6 * 4), result.Joules, 1e-15);
    }

    [Theory]
    [InlineData(false, 1.7 - 0.55)]
    [InlineData(true, 0.3)]
    public void A_packet_waits_for_the_end_of_the_sleep_unless_it_ends_it(bool endsAtPacket, double waitsUs)
    {
        PollLoopOptions options = Options(Round, 20 * Us, _ => Dozing(new LcoreSleep(1300, 300, endsAtPacket))) with { DecisionPeriod = 0 };
        RunResult result = PollLoop.Run(options, new ListedArrivals(550 * Ns));
        Assert.Equal((1L, waitsUs), (result.Forwarded, Math.Round(result.Delay.Max, 9)));
    }

    [Fact]
    public void A_sleeping_ring_overflows()
    {
        PollLoopOptions options = Options(Round, 20 * Us, _ => Dozing(new LcoreSleep(1300, 300))) with { DecisionPeriod = 0, RingSize = 2 };
        Assert.Equal(1, PollLoop.Run(options, new ListedArrivals(500 * Ns, 600 * Ns, 700 * Ns)).Lost);
    }

    private static CoreModel Deep => Round with { IdleStates = new IdleStates([new IdleState("C1", 0.5, 200 * Ns, 1000 * Ns, ""), new IdleState("C6", 0.1, 1000 * Ns, 3000 * Ns, "")]) };

    private static Sleeper Dozing(LcoreSleep sleep) => new(_ => new ScalingDecision(0), _ => sleep);

    private static int SleepUs(ISleepingGovernor governor, uint packets, int times = 1)
    {
        Assert.Equal(0, GovernorSamples.Repeat(governor, times, _ => GovernorSamples.Poll(0.1, packets, 0)));
        return (int)(governor.Sleep.Ticks / GovernorSamples.TicksPerUs);
    }
}
