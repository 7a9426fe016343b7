using PollScale.Governors;
using PollScale.Polling;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Tests.Shared;
using Xunit;
using static PollScale.Simulation.Tests.Running.TestCores;

namespace PollScale.Simulation.Tests.Running;

public class PollLoopTests
{
    [Theory]
    [InlineData(0, 4.0)]
    [InlineData(1, 1.0)]
    public void A_fixed_p_state_draws_its_power_all_the_time(int pState, double watts)
    {
        PollLoopOptions options = Options(Round, 3 * SimTime.Second, context => FixedGovernor.At(context.PStates, pState)) with { InitialPState = pState, Warmup = SimTime.Second };
        RunResult result = PollLoop.Run(options, new SteadyArrivals(0, Us));
        Assert.Equal(watts * 2, result.Joules);
        Assert.Equal(watts, result.Watts);
        Assert.Equal((0L, 0L, 2_000_000L), (result.Requests, result.Transitions, result.Offered));
    }

    [Fact]
    public void A_packet_that_comes_at_a_poll_does_not_wait()
    {
        // A packet's poll takes 400 ns, empty ones 100 ns: each 1000 ns begins a poll.
        RunResult result = PollLoop.Run(Options(Round, Ms), new SteadyArrivals(0, 1000 * Ns));
        Assert.Equal((1000L, 0L, 0.0), (result.Forwarded, result.Lost, result.Delay.Max));
        Assert.Equal((7000L, 6000L), (result.Polls, result.EmptyPolls));
    }

    [Fact]
    public void A_packet_waits_for_the_end_of_the_poll_it_comes_in()
    {
        // Each second one comes 50 ns into an empty poll.
        RunResult result = PollLoop.Run(Options(Round, 2100 * Us) with { DelayBound = 49 * Ns }, new SteadyArrivals(0, 1050 * Ns));
        Assert.Equal((2000L, 1000L), (result.Forwarded, result.Delay.OverBound));
        Assert.Equal((0.025, 0.0, 0.05), (result.Delay.Mean, result.Delay.P50, result.Delay.Max));
        Assert.Equal(0, PollLoop.Run(Options(Round, 2100 * Us) with { DelayBound = 50 * Ns }, new SteadyArrivals(0, 1050 * Ns)).Delay.OverBound);
    }

    [Fact]
    public void Random_arrivals_wait_as_long_as_an_m_d_1_queue_says()
    {
        const double load = 0.7;
        CoreModel core = Round with { BurstSize = 1, CyclesPerPoll = 2, CyclesPerPacket = 2000 };
        SeedStream random = new(1, 2);
        List<long> arrivals = [];
        for (double time = 0; time < SimTime.Second; time -= 1001 * Ns / load * Math.Log(1 - random.NextUnit()))
        {
            arrivals.Add((long)time);
        }

        RunResult result = PollLoop.Run(Options(core, SimTime.Second) with { RingSize = 1 << 16 }, new ListedArrivals([.. arrivals]));
        Assert.Equal(1.001 * load / (2 * (1 - load)), result.Delay.Mean, 0.03);
    }

    [Fact]
    public void A_ring_loses_what_it_cannot_hold()
    {
        // During the first empty poll 100 packets come: 64 fit.
        long[] arrivals = [.. Enumerable.Range(0, 100).Select(_ => 10 * Ns)];
        RunResult result = PollLoop.Run(Options(Round, Us * 100) with { RingSize = 64 }, new ListedArrivals(arrivals));
        Assert.Equal((100L, 64L, 36L, 0L), (result.Offered, result.Forwarded, result.Lost, result.Backlog));
    }

    [Fact]
    public void A_ring_overflows_at_the_packet_that_arithmetic_says()
    {
        // A packet each 100 ns; a burst of 32 takes 9.7 us, in which 97 come. 65 more wait after each burst from the first full one on.
        CoreModel core = Round;
        long free = 0;
        for (long ring = 500; ring <= 505; ring++)
        {
            long duration = LastSafe(core, (int)ring);
            PollLoopOptions options = Options(core, duration) with { RingSize = (int)ring };
            Assert.Equal(0, PollLoop.Run(options, new SteadyArrivals(0, 100 * Ns)).Lost);
            Assert.Equal(1, PollLoop.Run(options with { Duration = duration + (100 * Ns) }, new SteadyArrivals(0, 100 * Ns)).Lost);
            free += duration;
        }

        Assert.InRange(free, 6 * 50 * Us, 6 * 100 * Us);

        // Time of the first packet that finds the ring full.
        static long LastSafe(CoreModel core, int ring)
        {
            long taken = 0;
            for (long time = 0; ;)
            {
                long arrived = (time / (100 * Ns)) + 1;
                long packets = Math.Min(32, arrived - taken);
                taken += packets;
                time += core.PollTime(0, (int)packets);
                long overflow = (taken + ring) * 100 * Ns;
                if (overflow <= time)
                {
                    return overflow;
                }
            }
        }
    }

    [Fact]
    public void Work_across_a_transition_goes_on_at_the_new_speed()
    {
        // 1 packet at t = 0 takes 400 ns at 2 GHz; the actuator goes to 1 GHz at 100 ns: 3/4 is left and takes 600 ns, the stall 50.
        List<long> decided = [];
        PollLoopOptions options = Options(Round, 10 * Us, _ => new Rule(sample => new ScalingDecision(1))) with
        {
            Actuator = new DelayActuator(100 * Ns, 50 * Ns),
            Channel = new DirectCall(0),
            DecisionPeriod = 0,
            Trace = point => decided.Add(point.Time),
        };
        RunResult result = PollLoop.Run(options, new ListedArrivals(100 * Ns));

        // The empty poll before decides at 100 ns; the change falls 100 ns into the packet's poll.
        Assert.Equal([100 * Ns, (100 + 100 + 50 + 600) * Ns], decided[..2]);
        Assert.Equal(((10 * Us) - (200 * Ns), 200 * Ns), (result.Residency[1], result.Residency[0]));
        Assert.Equal((200e-9 * 4) + (9800e-9 * 1), result.Joules, 1e-15);
    }

    [Fact]
    public void The_last_request_in_a_slot_wins_at_the_edge()
    {
        int decisions = 0;
        int[] wanted = [1, 0, 1, 2, 1];
        CoreModel core = Round with { KHz = [3_000_000, 2_000_000, 1_000_000], Watts = [3, 2, 1] };
        SlottedActuator actuator = new(500 * Us);
        ulong seed = Enumerable.Range(0, 1000).Select(i => (ulong)i).First(seed => Phase(seed) > 300 * Us);
        PollLoopOptions options = Options(core, Ms, _ => new Rule(_ => new ScalingDecision(wanted[Math.Min(decisions++, 4)]))) with { Actuator = actuator, Seed = seed };
        RunResult result = PollLoop.Run(options, new ListedArrivals());
        Assert.Equal((5L, 1L, 4L), (result.Requests, result.Transitions, result.IdleRequests));
        Assert.Equal([Phase(seed), Ms - Phase(seed), 0], result.Residency);

        long Phase(ulong seed) => actuator.Phase(new SeedStream(seed, 0xAC70).Next());
    }

    [Fact]
    public void Virtio_serial_is_slower_than_a_direct_call_and_costs_more()
    {
        PollLoopOptions options = Options(Round, 10 * Ms, context => FixedGovernor.At(context.PStates, 1));
        long direct = PollLoop.Run(options, new ListedArrivals()).Residency[0];
        Assert.Equal((20 * Us) + (Us / 2) + (10 * Us), direct);
        RunResult[] virtio = [.. Enumerable.Range(0, 50).Select(seed => PollLoop.Run(options with { Channel = new VirtioSerial(), Seed = (ulong)seed }, new ListedArrivals()))];
        Assert.All(virtio, result => Assert.InRange(result.Residency[0], (20 + 10 + 20 + 10) * Us, (20 + 10 + 20 + 10 + 1000) * Us));
        Assert.All(virtio, result => Assert.Equal(10 * Us, result.CallTime));
        Assert.True(virtio.Max(result => result.Residency[0]) > direct + (900 * Us));
    }

    [Fact]
    public void A_sample_says_what_was_polled()
    {
        List<QueueSample> samples = [];
        Rule rule = new(sample =>
        {
            samples.Add(sample);
            return new ScalingDecision(1, EscalateAt: 50);
        });
        long[] arrivals = [.. Enumerable.Repeat(0L, 40), .. Enumerable.Repeat(25 * Us, 60)];
        PollLoop.Run(Options(Round, 100 * Us, _ => rule) with { RingSize = 64 }, new ListedArrivals(arrivals));

        // 32 packets to 9.7 us, 8 to 12.2 us, empty polls to 20 us; a call of 1 us; at 25 us 60 packets come, which calls early.
        Assert.Equal(new QueueSample { ElapsedTicks = 20_000, Received = 40, Polls = 80, EmptyPolls = 78, FullPolls = 1, PState = 0, Settled = true }, samples[0]);
        Assert.Equal(new QueueSample { ElapsedTicks = 5_000, CallTicks = 1000, Backlog = 60, Polls = 40, EmptyPolls = 40, PState = 1 }, samples[1]);
        Assert.False(samples[2].Settled);
        Assert.True(samples[3].Settled);
    }

    [Fact]
    public void A_failed_call_is_followed_by_one_for_the_fastest_p_state()
    {
        PollLoopOptions options = Options(Round, 100 * Ms, context => FixedGovernor.At(context.PStates, 1)) with { Channel = new LossyChannel(new DirectCall(), 1) };
        RunResult result = PollLoop.Run(options, new ListedArrivals());
        Assert.Equal((result.Requests, result.Requests, 0L), (result.FailedRequests, result.LostRequests, result.Transitions));

        // Waits double from 100 us on: 0.1 + 0.2 + ... + 51.2 = 102.3 ms.
        Assert.InRange(result.Requests, 9, 10);
    }

    [Fact]
    public void Costs_may_drift()
    {
        PollLoopOptions options = Options(Round, 2 * Ms) with { CostFactor = time => time < Ms ? 1 : 1.5 };
        long[] arrivals = [0, 100 * Ns, Ms, Ms + (100 * Ns)];
        RunResult result = PollLoop.Run(options, new ListedArrivals(arrivals));
        Assert.Equal(450e-3, result.Delay.Max, 1e-12);
        Assert.Throws<InvalidOperationException>(() => PollLoop.Run(options with { CostFactor = _ => double.NaN }, new ListedArrivals(arrivals)));
    }

    [Fact]
    public void A_drain_time_governor_saves_energy_and_loses_nothing()
    {
        PollLoopOptions options = new()
        {
            Actuator = ActuatorText.Parse("30us"),
            Governor = context => new DrainTimeGovernor(context),
            Duration = SimTime.Second,
            Warmup = SimTime.Second / 10,
        };
        RunResult result = PollLoop.Run(options, new SteadyArrivals(0, 600 * Ns));
        Assert.Equal(0, result.Lost);
        Assert.InRange(result.Watts, 1.6, 3.5);
    }

    [Fact]
    public void Traffic_that_goes_back_in_time_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => PollLoop.Run(Options(Round, Ms), new ListedArrivals(5, 4)));

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        PollLoopOptions good = Options(Round, Ms);
        PollLoopOptions[] bad =
        [
            good with { RingSize = 0 }, good with { Duration = 0 }, good with { Warmup = Ms }, good with { DecisionPeriod = -1 },
            good with { Core = Round with { Watts = [1] } }, good with { Core = Round with { CyclesPerPoll = 0 } }, good with { InitialPState = 2 },
            good with { ArrivalBuffer = 0 }, good with { DelayBound = -1 },
        ];
        Assert.All(bad, options => Assert.Contains("it must be", Assert.Throws<ArgumentException>(() => PollLoop.Run(options, new ListedArrivals())).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_loop_allocates_nothing()
    {
        Run(SimTime.Second / 100);
        long brief = Run(SimTime.Second / 100), lengthy = Run(SimTime.Second / 2);
        Assert.Equal(brief, lengthy);

        static long Run(long duration)
        {
            PollLoopOptions options = new()
            {
                Actuator = ActuatorText.Parse("500us"),
                Governor = context => new DrainTimeGovernor(context),
                Duration = duration,
                RingSize = 256,
            };
            return Allocated.Bytes(() => Assert.True(PollLoop.Run(options, new SteadyArrivals(0, 400 * Ns)) is { Decisions: > 0, Forwarded: > 0 }));
        }
    }
}
