using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic.Adversary;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>A latency with a stall, a ring and a delay bound: what is promised of them, and what an adversary makes of it.</summary>
/// <param name="LatencyUs">Latency stated, the stall included.</param>
/// <param name="StallUs">Stall of each change.</param>
/// <param name="Ring">Descriptors.</param>
/// <param name="BoundUs">Delay bound.</param>
internal sealed record PromisedSetting(int LatencyUs, int StallUs, int Ring, int BoundUs)
{
    /// <summary>Share of packets that may wait longer than a bound that is promised.</summary>
    public const double MostLate = 1e-3;

    // Decisions take nearly a hundredth of the core's time: what is left serves a little less than the line.
    private const double ServedShare = 0.99;

    /// <summary>Longest wait of a loop that finds nothing; 0 for none.</summary>
    public int WaitUs { get; init; }

    /// <summary>How late a wait may end.</summary>
    public int WakeUs { get; init; }

    /// <summary>The run, but for traffic, actuator, seed, and how late waits end.</summary>
    public PollLoopOptions Options => OptimalAvailableRuns.Options($"{LatencyUs - StallUs}us-delay/{StallUs}us", Ring, 1, (ulong)LatencyUs, BoundUs * TestCores.Us, new OptimalAvailableOptions
    {
        MaxWait = TimeSpan.FromMicroseconds(WaitUs),
        WakeTime = TimeSpan.FromMicroseconds(WakeUs),
    });

    /// <summary>What is promised.</summary>
    public (LossCertificate Loss, DelayCertificate Delay) Certificates
    {
        get
        {
            PollLoopOptions options = Options;
            LossPremises premises = options.Premises(OptimalAvailableRuns.Line, options.Governor(options.Context()));
            return (LossCertificate.For(premises), DelayCertificate.For(premises, TimeSpan.FromMicroseconds(BoundUs)));
        }
    }

    /// <summary>Looks for the worst arrivals and actuator.</summary>
    /// <param name="budget">Pairs to try.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="tried">Told each, with the share of packets that came too late; null for nobody.</param>
    /// <param name="waits">Told the time asleep of each run; null for nobody.</param>
    /// <returns>The worst pair; its score, 1 or more where a packet was lost or more than a thousandth too late.</returns>
    public (AdversarialPair Worst, double Score) Search(int budget, ulong seed, Action<double>? tried = null, Action<long>? waits = null)
    {
        PollLoopOptions options = Options;
        PairSearch search = new()
        {
            Schedules = new AdversarySearch { Rate = ServedShare * OptimalAvailableRuns.Line, Seed = seed, MostQuiet = 10 * TestCores.Ms, MostBurst = 3 * TestCores.Ms },
            Latency = LatencyUs * TestCores.Us,
            Stall = StallUs * TestCores.Us,
        };
        int count = 0;
        return search.Run(
            pair =>
            {
                double load = (count++ % 4) switch { 0 => 1e-8, 1 => 0.02, 2 => 0.3, _ => 0.7 };
                int most = 0;
                RunResult run = OptimalAvailableRuns.Meet(
                    options with { Actuator = new StatedActuator(pair.Actuator, LatencyUs * TestCores.Us), Wakes = Wakes(count), Seed = (ulong)count },
                    pair.Schedule, load, point => most = Math.Max(most, point.Backlog));
                double late = run.Delay.OverBound / (double)run.Offered;
                tried?.Invoke(late);
                waits?.Invoke(run.Asleep);
                return run.Lost + (1000 * Math.Max(0, late - MostLate)) + (0.9 * most / Ring);
            },
            budget);
    }

    // Always as late as may be, or at once now and then, so that none can be relied on.
    private Func<long, long> Wakes(int count)
    {
        long latest = WakeUs * TestCores.Us;
        return count % 2 == 0 ? _ => latest : time => new SeedStream((ulong)time, (ulong)count).Next() % 4 == 0 ? 0 : latest;
    }

    public override string ToString() => FormattableString.Invariant($"{LatencyUs} us, stall {StallUs} us, ring {Ring}, bound {BoundUs} us, waits of {WaitUs} us that end {WakeUs} us late");
}
