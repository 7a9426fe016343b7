using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Adversary;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>Searches for schedules that overflow the ring though its certificate says that none can.</summary>
/// <remarks>POLLSCALE_ADVERSARY_BUDGET sets how many schedules are tried for each row; the search goes deeper with more.</remarks>
public class OptimalAvailableAdversaryTests(ITestOutputHelper output)
{
    private const int DefaultBudget = 100;

    private static readonly int s_budget =
        int.TryParse(Environment.GetEnvironmentVariable("POLLSCALE_ADVERSARY_BUDGET"), out int budget) ? budget : DefaultBudget;

    // Rings are such that Lambda is below 1 with call, decision period and a burst counted.
    // Costs are learned under the load that comes before: under next to none hardly anything is known of packets.
    public static TheoryData<string, int, long, double, ulong> Rows => [.. Setups.SelectMany(
        setup => (double[])[1e-8, 0.02, 0.3],
        (setup, load) => new TheoryDataRow<string, int, long, double, ulong>(setup.Actuator, setup.Ring, setup.BoundUs, load, setup.Seed))];

    private static (string Actuator, int Ring, long BoundUs, ulong Seed)[] Setups =>
    [
        ("500us", 2048, 1000, 1),
        ("500us", 1280, 1000, 3),
        ("500us", 4096, 1000, 4),
        ("1ms", 4096, 1000, 5),
        ("1ms", 2560, 2000, 6),
        ("30us", 256, 250, 7),
        ("30us", 1024, 250, 8),
        ("10us", 256, 250, 9),
    ];

    [Theory]
    [MemberData(nameof(Rows))]
    public void No_schedule_found_loses_a_packet(string actuator, int ring, long boundUs, double prefixLoad, ulong seed)
    {
        PollLoopOptions options = OptimalAvailableRuns.Options(actuator, ring, 1, seed, boundUs * TestCores.Us);
        AdversarySearch search = new() { Rate = OptimalAvailableRuns.Line, Seed = seed, MostQuiet = 10 * TestCores.Ms, MostBurst = 3 * TestCores.Ms };
        AdversaryResult worst = search.Run(schedule => Score(options, schedule, prefixLoad), s_budget);
        output.WriteLine(FormattableString.Invariant($"{actuator} ring {ring} after {prefixLoad:p0}: score {worst.Score:f3} at {worst.FoundAt} of {worst.Tried}: {worst.Schedule.Name}"));
        Assert.True(worst.Score <= 1, $"{worst.Score - 1} packets lost: {worst.Schedule.Name}");
    }

    [Theory]
    [InlineData(6, 0.3, "5054536ns/922415ns/6061693ns/3ms")] // costs learned from mixed samples were off by a tenth
    [InlineData(3, 0.02, "1412222ns/3ms")] // the fast P-states were taken for faster than they are
    [InlineData(7, 0.02, "385921ns/243199ns/5900295ns/2976985ns")] // one misjudged effect halved the grid
    [InlineData(6, 0.6, "921867ns/2390733ns/1076722ns/62773ns/1363013ns/480473ns")]
    public void Schedules_that_once_lost_packets_lose_none(ulong seed, double prefixLoad, string pairs)
    {
        PollLoopOptions options = OptimalAvailableRuns.Options("1ms", 2560, 1, seed, 2 * TestCores.Ms);
        AdversarialSchedule schedule = (AdversarialSchedule)TrafficModels.Parse($"schedule:rate=3.39Mpps,line=none,pairs={pairs}", OptimalAvailableRuns.Line);
        Assert.Equal(0, OptimalAvailableRuns.Meet(options, schedule, prefixLoad).Lost);
    }

    // Packets lost, plus the share of the ring that was filled: it shows the way before the first loss.
    private static double Score(PollLoopOptions options, AdversarialSchedule schedule, double prefixLoad)
    {
        int most = 0;
        RunResult run = OptimalAvailableRuns.Meet(options, schedule, prefixLoad, point => most = Math.Max(most, point.Backlog));
        return run.Lost + (most / (double)options.RingSize);
    }
}
