using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic.Adversary;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>What the certificates promise is kept against whoever chooses both the arrivals and the actuator, within the latency stated.</summary>
/// <remarks>POLLSCALE_ADVERSARY_BUDGET sets how many pairs are tried for each row.</remarks>
public class PromiseTests(ITestOutputHelper output)
{
    private const int DefaultBudget = 60;
    private const double MostLate = 1e-3;

    // Decisions take nearly a hundredth of the core's time: what is left serves a little less than the line.
    private const double ServedShare = 0.99;

    private static readonly int s_budget =
        int.TryParse(Environment.GetEnvironmentVariable("POLLSCALE_ADVERSARY_BUDGET"), out int budget) ? budget : DefaultBudget;

    // Latency and stall, ring and bound in us. Skylake's grid with its execution time is 550 us, Zen 2's 1380 us.
    public static TheoryData<int, int, int, int> Rows => new()
    {
        { 30, 0, 256, 250 },
        { 30, 5, 1024, 200 },
        { 100, 20, 1024, 500 },
        { 500, 0, 2048, 1000 },
        { 500, 0, 1280, 600 },
        { 550, 0, 4096, 2000 },
        { 600, 100, 4096, 2000 },
        { 1000, 0, 4096, 1000 },
        { 1380, 0, 4096, 4000 },
        { 1380, 0, 8192, 2000 },
        { 2000, 50, 16384, 10000 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void No_pair_found_loses_a_packet_or_keeps_more_than_a_thousandth_waiting_too_long(int latencyUs, int stallUs, int ring, int boundUs)
    {
        PollLoopOptions options = OptimalAvailableRuns.Options($"{latencyUs - stallUs}us-delay/{stallUs}us", ring, 1, (ulong)latencyUs, boundUs * TestCores.Us);
        LossPremises premises = options.Premises(OptimalAvailableRuns.Line, options.Governor(options.Context()), TestCores.Us);
        DelayCertificate delay = DelayCertificate.For(premises, TimeSpan.FromMicroseconds(boundUs));
        Assert.Equal((true, true), (LossCertificate.For(premises).LossFree, delay.Kept));
        PairSearch search = new()
        {
            Schedules = new AdversarySearch { Rate = ServedShare * OptimalAvailableRuns.Line, Seed = (ulong)(latencyUs + ring), MostQuiet = 10 * TestCores.Ms, MostBurst = 3 * TestCores.Ms },
            Latency = latencyUs * TestCores.Us,
            Stall = stallUs * TestCores.Us,
        };
        int most = 0, tried = 0;
        double late = 0;
        (AdversarialPair worst, double score) = search.Run(
            pair =>
            {
                double load = (tried++ % 4) switch { 0 => 1e-8, 1 => 0.02, 2 => 0.3, _ => 0.7 };
                most = 0;
                RunResult run = OptimalAvailableRuns.Meet(
                    options with { Actuator = new StatedActuator(pair.Actuator, latencyUs * TestCores.Us), Seed = (ulong)tried }, pair.Schedule, load, point => most = Math.Max(most, point.Backlog));
                late = Math.Max(late, (double)run.Delay.OverBound / run.Offered);
                double beyond = Math.Max(0, (run.Delay.OverBound / (double)run.Offered) - MostLate);
                return run.Lost + (1000 * beyond) + (0.9 * most / ring);
            },
            s_budget);
        output.WriteLine(FormattableString.Invariant($"{latencyUs} us, stall {stallUs} us, ring {ring}, bound {boundUs} us: score {score:f3}, at most {late:p3} late in {tried}: {worst}"));
        Assert.True(score < 1 && late <= MostLate, $"score {score}, {late:p3} late: {worst}");
    }
}
