using FsCheck;
using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Simulation.Tests.Running;

public class ReferenceTests
{
    private const int Cases = 1500;

    [Fact]
    public void The_loop_equals_one_that_makes_every_poll()
    {
        long packets = 0, lost = 0, transitions = 0, skipped = 0, idle = 0, asleep = 0;
        for (int seed = 0; seed < Cases; seed++)
        {
            RandomCase random = new(seed);
            RunResult fast = RunBoth(random.Options, random.Arrivals, seed);
            packets += fast.Forwarded;
            lost += fast.Lost;
            transitions += fast.Transitions;
            skipped += fast.EmptyPolls;
            idle += fast.IdleRequests;
            asleep += fast.Asleep > 0 ? 10 : 0;
        }

        // The cases must reach what they are to compare.
        Assert.All([packets, lost, transitions, skipped, idle, asleep], count => Assert.True(count > Cases, $"The cases made only {count} of something."));
    }

    // Stalls and packets that take longer than a leap of the clock, and shorter ones: after a leap even what always wants the same asks anew.
    [Theory]
    [InlineData(60, 20, 0, 2)]
    [InlineData(49, 20, 0, 1)]
    [InlineData(0, 20, 0, 1)]
    [InlineData(0, 60_000, 0, 1)]
    [InlineData(0, 20, 40, 1)]
    [InlineData(0, 20, 60, 3)]
    public void A_fixed_P_state_is_asked_for_as_often_as_if_each_decision_were_made(int stallMs, int periodUs, int packetMs, int requests)
    {
        PollLoopOptions options = TestCores.Options(TestCores.Round, 4000 * TestCores.Ms, context => FixedGovernor.At(context.PStates, 0)) with
        {
            Actuator = new DelayActuator(10 * TestCores.Us, stallMs * TestCores.Ms),
            InitialPState = 1,
            DecisionPeriod = periodUs * TestCores.Us,
            Core = TestCores.Round with { MemoryNsPerPacket = packetMs * 1e6, BurstSize = 1 },
        };
        Assert.Equal(requests, RunBoth(options, [1000 * TestCores.Ms, 3000 * TestCores.Ms], 0).Requests);
    }

    // Gaps of many decisions and of less than one, in ps, so that they end anywhere in a poll.
    [DrawnProperty(400)]
    public void A_fixed_P_state_at_rest_equals_one_whose_every_poll_and_decision_is_made(ushort[] gaps, byte more, ushort period, ushort decision, ushort cycles, byte warmup, bool traced)
    {
        long time = 0, scale = 1 + (more * 7);
        long[] arrivals = [.. gaps.Select(gap => time += gap * scale)];
        long duration = time + (40 * TestCores.Us);
        List<TracePoint> trace = [];
        PollLoopOptions options = TestCores.Options(TestCores.Round with { CyclesPerPoll = 100 + (cycles % 1000) }, duration) with
        {
            DecisionPeriod = period % 25_000 * TestCores.Ns,
            DecisionCost = decision,
            Warmup = duration * (warmup % 4) / 5,
            InitialPState = warmup % 2,
            Trace = traced ? trace.Add : null,
        };
        RunResult result = RunBoth(options, arrivals, seed: 0);
        Assert.True(!traced || trace.Count >= result.Decisions);
    }

    [Fact]
    public void Packets_and_time_are_conserved() => Prop.ForAll<int>(seed =>
    {
        RandomCase random = new(seed);
        RunResult result = PollLoop.Run(random.Options, new ListedArrivals(random.Arrivals));
        long offered = random.Arrivals.LongCount(time => time >= random.Options.Warmup && time < random.Options.Duration);
        return result.Offered == offered && result.Forwarded + result.Lost + result.Backlog == offered
            && result.Residency.Sum() == result.Time && result.Asleep >= 0 && result.Asleep <= result.Time && result.IdleRequests + result.LostRequests <= result.Requests;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_run_gives_the_same_bits_whatever_the_buffer()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            RandomCase random = new(seed), again = new(seed);
            string first = TestCores.Text(PollLoop.Run(random.Options, new ListedArrivals(random.Arrivals)));
            Assert.Equal(first, TestCores.Text(PollLoop.Run(again.Options, new ListedArrivals(again.Arrivals))));
            Assert.Equal(first, TestCores.Text(PollLoop.Run(random.Options with { ArrivalBuffer = 1 }, new ListedArrivals(random.Arrivals))));
            Assert.Equal(first, TestCores.Text(PollLoop.Run(random.Options with { ArrivalBuffer = 1 << 16 }, new ListedArrivals(random.Arrivals))));
        }
    }

    private static RunResult RunBoth(PollLoopOptions options, long[] arrivals, int seed)
    {
        SlowPollLoop slow = new(options, arrivals);
        slow.Run();
        RunResult fast = PollLoop.Run(options, new ListedArrivals(arrivals));
        double mean = slow.Delays.Count == 0 ? 0 : slow.Delays.Sum() / (double)slow.Delays.Count;
        long max = slow.Delays.DefaultIfEmpty().Max();
        Assert.Equal(
            $"{seed}: {slow.Offered} {slow.Delays.Count} {slow.Lost} {slow.Backlog} {slow.Polls} {slow.EmptyPolls} {slow.Decisions} {slow.Requests} "
                + $"{slow.IdleRequests} {slow.CallTime} {string.Join(',', options.Core.Idle.List.Select(state => slow.Asleep.GetValueOrDefault(state.Name)))} {slow.Transitions} {slow.Reversals} {mean / 1e6} {max / 1e6} {slow.Delays.Count(delay => delay > options.DelayBound)}",
            Text(fast, seed));
        Assert.Equal(slow.Residency(), fast.Residency);
        return fast;
    }

    private static string Text(RunResult result, int seed) =>
        $"{seed}: {result.Offered} {result.Forwarded} {result.Lost} {result.Backlog} {result.Polls} {result.EmptyPolls} {result.Decisions} {result.Requests} "
        + $"{result.IdleRequests} {result.CallTime} {string.Join(',', result.IdleResidency)} {result.Transitions} {result.Reversals} {result.Delay.Mean} {result.Delay.Max} {result.Delay.OverBound}";
}
