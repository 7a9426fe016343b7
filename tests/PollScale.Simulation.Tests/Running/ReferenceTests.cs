using FsCheck;
using FsCheck.Fluent;
using PollScale.Simulation.Running;
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
            SlowPollLoop slow = new(random.Options, random.Arrivals);
            slow.Run();
            RunResult fast = PollLoop.Run(random.Options, new ListedArrivals(random.Arrivals));

            Assert.Equal(SlowText(slow, random.Options), Text(fast, seed));
            Assert.Equal(slow.Residency(), fast.Residency);
            packets += fast.Forwarded;
            lost += fast.Lost;
            transitions += fast.Transitions;
            skipped += fast.EmptyPolls;
            idle += fast.IdleRequests;
            asleep += fast.Asleep > 0 ? 10 : 0;

            string SlowText(SlowPollLoop loop, PollLoopOptions options)
            {
                double mean = loop.Delays.Count == 0 ? 0 : loop.Delays.Sum() / (double)loop.Delays.Count;
                long max = loop.Delays.DefaultIfEmpty().Max();
                return $"{seed}: {loop.Offered} {loop.Delays.Count} {loop.Lost} {loop.Backlog} {loop.Polls} {loop.EmptyPolls} {loop.Decisions} {loop.Requests} "
                    + $"{loop.IdleRequests} {loop.CallTime} {loop.Asleep} {loop.Transitions} {loop.Reversals} {mean / 1e6} {max / 1e6} {loop.Delays.Count(delay => delay > options.DelayBound)}";
            }
        }

        // The cases must reach what they are to compare.
        Assert.All([packets, lost, transitions, skipped, idle, asleep], count => Assert.True(count > Cases, $"The cases made only {count} of something."));
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

    private static string Text(RunResult result, int seed) =>
        $"{seed}: {result.Offered} {result.Forwarded} {result.Lost} {result.Backlog} {result.Polls} {result.EmptyPolls} {result.Decisions} {result.Requests} "
        + $"{result.IdleRequests} {result.CallTime} {result.Asleep} {result.Transitions} {result.Reversals} {result.Delay.Mean} {result.Delay.Max} {result.Delay.OverBound}";
}
