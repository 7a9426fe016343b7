using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Adversary;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>Costs that rise, and a vCPU that is taken away: told at the first evidence, and planned with from then on.</summary>
public class CostSurpriseTests(ITestOutputHelper output)
{
    private const int DefaultBudget = 60;

    // Nobody knows before what packets cost.
    private const long Learned = 2 * TestCores.Ms;
    private const double MostLate = 1e-3;

    private static readonly int s_budget =
        int.TryParse(Environment.GetEnvironmentVariable("POLLSCALE_ADVERSARY_BUDGET"), out int budget) ? budget : DefaultBudget;

    [Theory]
    [InlineData("500us")]
    [InlineData("30us")]
    [InlineData("1ms-grid+380us/20us")]
    [InlineData("0us..500us-delay")]
    public void Packets_that_cost_the_same_contradict_nothing(string actuator) => Assert.All((string[])["square", "adversary", "mmpp2", "poisson-30", "step", "sparse"], traffic =>
    {
        (RunResult _, string? seen, long _) = Run(actuator, traffic, null, 600 * TestCores.Ms, 0);
        Assert.Null(seen);
    });

    [Theory]
    [InlineData("steps:low=1,high=2,time=50ms")]
    [InlineData("bursts:factor=3,time=1ms,gap=100ms")]
    [InlineData("steal:time=300us,gap=100ms")]
    [InlineData("flows:count=2,low=0.5,high=3,train=5000")]
    public void What_costs_more_than_was_counted_with_contradicts_the_certificate(string costs)
    {
        (RunResult _, string? seen, long at) = Run("500us", "poisson-30", costs, 2 * SimTime.Second, 0);
        Assert.Contains("cost more than was counted with", seen, StringComparison.Ordinal);
        Assert.InRange(at, 1, SimTime.Second);
    }

    [Fact]
    public void A_line_that_the_fastest_cannot_serve_contradicts_it()
    {
        // Three times as dear from the start: nothing becomes dearer.
        (RunResult _, string? seen, long _) = Run("500us", "adversary", "flows:count=1,low=3,high=3", 100 * TestCores.Ms, 0);
        Assert.Contains("serves less than the peak rate", seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500us")]
    [InlineData("30us")]
    public void Costs_that_were_seen_once_are_planned_with(string actuator) => Assert.All(
        (string[])["steps", "steps:low=0.7,high=1.9,time=5ms", "bursts:factor=1.9,time=3ms,gap=9ms", "bursts:factor=2,time=50ms,gap=50ms", "steal", "flows:count=16,train=64+steal"],
        costs =>
        {
            (RunResult run, string? _, long _) = Run(actuator, "poisson-30", costs, SimTime.Second, 300 * TestCores.Ms);
            Assert.Equal((costs, 0), (costs, run.Lost));
            Assert.InRange(run.Delay.OverBound, 0, MostLate * run.Offered);
        });

    /// <summary>A bound as long as this one leaves deadlines to decide, which have to reckon with what packets cost at their dearest.</summary>
    [Fact]
    public void Deadlines_reckon_with_what_packets_cost_before()
    {
        (RunResult run, string? _, long _) = Run("500us", "poisson-30", "bursts:factor=2.5,time=2ms,gap=20ms", SimTime.Second, 300 * TestCores.Ms, TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, run.Lost);
        Assert.InRange(run.Delay.OverBound, 0, MostLate * run.Offered);
    }

    /// <summary>Where the core is away for longer than any speed makes good, speed is not wasted on it: the promise is withdrawn, and energy is what it is without.</summary>
    [Theory]
    [InlineData("30us", "mmpp2")]
    [InlineData("500us", "poisson-30")]
    public void Absences_that_no_bound_survives_cost_no_energy(string actuator, string traffic)
    {
        (RunResult undisturbed, _, _) = Run(actuator, traffic, null, SimTime.Second, 0);
        (RunResult run, string? seen, _) = Run(actuator, traffic, "steal:time=2ms,gap=50ms", SimTime.Second, 0);
        Assert.Contains("the core was taken away", seen, StringComparison.Ordinal);
        Assert.InRange(run.Watts / undisturbed.Watts, 0.5, 1.15);
    }

    /// <summary>POLLSCALE_ADVERSARY_BUDGET sets how many are tried for each row.</summary>
    [Theory]
    [InlineData(30, 1024, 500)]
    [InlineData(500, 2048, 1000)]
    [InlineData(550, 4096, 2000)]
    [InlineData(1380, 8192, 4000)]
    public void No_pair_found_breaks_a_promise_before_it_is_withdrawn(int latencyUs, int ring, int boundUs)
    {
        OptimalAvailableGovernor? governor = null;
        PollLoopOptions options = OptimalAvailableRuns.Options($"{latencyUs}us-delay", ring, 1, (ulong)latencyUs, boundUs * TestCores.Us);
        Func<GovernorContext, IGovernor> make = options.Governor;
        options = options with { Warmup = Learned, Governor = context => governor = (OptimalAvailableGovernor)make(context) };
        PairSearch search = new()
        {
            Schedules = new AdversarySearch { Rate = 0.99 * OptimalAvailableRuns.Line, Seed = (ulong)(latencyUs + ring), MostQuiet = 10 * TestCores.Ms, MostBurst = 3 * TestCores.Ms },
            Latency = latencyUs * TestCores.Us,
            Costs = (0.5, 3),
            Steal = 300 * TestCores.Us,
        };
        int tried = 0, promised = 0;
        (AdversarialPair worst, double score) = search.Run(
            pair =>
            {
                double load = (tried++ % 4) switch { 0 => 1e-8, 1 => 0.02, 2 => 0.3, _ => 0.7 };
                PollLoopOptions run = options with { Actuator = new StatedActuator(pair.Actuator, latencyUs * TestCores.Us), Costs = new PacketCosts(pair.Costs!), Seed = (ulong)tried };

                // Until the sample begins that tells it: while a vCPU is taken away nobody can.
                long until = long.MaxValue, last = 1;
                RunResult whole = OptimalAvailableRuns.Meet(run, pair.Schedule, load, point =>
                {
                    until = until == long.MaxValue && governor!.Contradiction is not null ? last : until;
                    last = Math.Max(last, point.Time);
                });
                if (until <= Learned)
                {
                    return 0;
                }

                RunResult kept = until == long.MaxValue ? whole : OptimalAvailableRuns.Meet(run, pair.Schedule, load, until: until);
                promised += until > OptimalAvailableRuns.Prefix ? 1 : 0;
                return kept.Lost + Math.Max(0, kept.Delay.OverBound - (MostLate * kept.Offered));
            },
            s_budget);
        output.WriteLine(FormattableString.Invariant($"{latencyUs} us, ring {ring}, bound {boundUs} us: {score:f1} packets lost or too late, {promised} of {tried} promised beyond the prefix: {worst}"));
        Assert.True(score <= 0, $"{score} packets lost or too late before it was told: {worst}");
        Assert.True(promised > 0 || s_budget < DefaultBudget);
    }

    private static (RunResult Run, string? Seen, long At) Run(string actuator, string traffic, string? costs, long duration, long warmup, TimeSpan? bound = null)
    {
        OptimalAvailableGovernor? governor = null;
        long at = 0;
        Workload workload = Workloads.Standard.First(w => w.Name == traffic);
        RunResult run = PollLoop.Run(
            new PollLoopOptions
            {
                Actuator = ActuatorText.Parse(actuator),
                RingSize = 4096,
                Duration = duration,
                Warmup = warmup,
                Costs = costs is null ? null : PacketCosts.Parse(costs),
                Governor = context => governor = new OptimalAvailableGovernor(context, new OptimalAvailableOptions { PeakPacketsPerSecond = workload.Model.PeakRate, DelayBound = bound }),
                Trace = point => at = at == 0 && governor!.Contradiction is not null ? point.Time : at,
            },
            workload.Model,
            1);
        return (run, governor!.Contradiction, at);
    }
}
