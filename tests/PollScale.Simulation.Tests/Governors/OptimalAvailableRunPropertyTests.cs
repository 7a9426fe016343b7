using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Oracle;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Adversary;
using PollScale.Simulation.Traffic.Models;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>What must hold of whole runs, P5, P10, P13, P14, P19 and P20; P6 and P7 have tests of their own. docs/governors.md has the list.</summary>
/// <remarks>Few cases ordinarily; POLLSCALE_PROPERTY_CASES=1000 for the full run.</remarks>
public class OptimalAvailableRunPropertyTests
{
    private const int Ordinarily = 25;

    /// <summary>Bursts and silences at will, at rings of 1.5 times the least that the certificate allows and more.</summary>
    [Fact]
    public void P5_no_schedule_overflows_the_ring() => Check(one =>
    {
        RunResult run = OptimalAvailableRuns.Meet(one.Options(), one.Schedule(OptimalAvailableRuns.Line), one.Load);
        return run.Lost == 0 ? null : $"{run.Lost} lost";
    });

    /// <summary>H is 15 ms of simulated time: the bound, ring and slot, and the rate's memory.</summary>
    [Fact]
    public void P10_silence_ends_at_the_slowest() => Check(one =>
    {
        AdversarialSchedule schedule = one.Schedule(OptimalAvailableRuns.Line);
        int slowest = 0, last = -1;
        long end = OptimalAvailableRuns.Prefix + schedule.Pairs.Sum(pair => pair.Quiet + pair.Burst);
        PollLoopOptions options = one.Options() with { Duration = end + (30 * TestCores.Ms) };
        options = options with
        {
            Trace = point =>
            {
                slowest = Math.Max(slowest, point.Time > end ? point.PState : 0);
                last = point.Time > end + (15 * TestCores.Ms) ? point.PState : last;
            },
        };
        PoissonTraffic prefix = new() { Rate = one.Load * OptimalAvailableRuns.Line, Line = OptimalAvailableRuns.Line };
        PollLoop.Run(options, new ChainedArrivals(prefix.Start(one.Seed, OptimalAvailableRuns.Prefix), OptimalAvailableRuns.Prefix, schedule.Start(1, end - OptimalAvailableRuns.Prefix)));
        return last == 20 ? null : $"P{last} at the end, P{slowest} the slowest";
    });

    /// <summary>Costs 0.7 to 1.3 times what is believed at the start; the line is 0.7 of what the core serves, so that it serves it at 1.3.</summary>
    [Fact]
    public void P13_wrong_costs_lose_nothing() => Check(one =>
    {
        double error = 0.7 + (0.6 * one.Chance);
        OptimalAvailableOptions settings = one.Settings with { CyclesPerPacket = error * 820, PeakPacketsPerSecond = 0.7 * OptimalAvailableRuns.Line };
        PollLoopOptions options = one.Options() with { Governor = context => new OptimalAvailableGovernor(context, settings), CostFactor = _ => 2 - error };
        RunResult run = OptimalAvailableRuns.Meet(options, one.Schedule(0.7 * OptimalAvailableRuns.Line), one.Load * 0.7);
        return run.Lost == 0 ? null : $"{run.Lost} lost with costs of {2 - error:f2} believed to be {error:f2}";
    });

    /// <summary>Replies that are lost. Where requests are lost, what is granted is not known, and no ring is certain.</summary>
    [Fact]
    public void P14_lost_replies_lose_no_packets() => Check(one =>
    {
        PollLoopOptions options = one.Options() with { Channel = new LossyChannel(new DirectCall(), 0, 0.02 * one.Chance) };
        RunResult run = OptimalAvailableRuns.Meet(options, one.Schedule(0.8 * OptimalAvailableRuns.Line), one.Load * 0.8);
        return run.Lost == 0 ? null : $"{run.Lost} lost, {run.FailedRequests} calls failed";
    });

    /// <summary>Not below the oracle, which keeps the delay that the run kept; not above full speed but for what is done at the start.</summary>
    [Fact]
    public void P19_energy_lies_between_the_oracles_and_full_speeds() => Check(one =>
    {
        PollLoopOptions options = one.Options() with { Duration = 200 * TestCores.Ms, Warmup = 100 * TestCores.Ms };
        PoissonTraffic traffic = new() { Rate = (0.01 + (0.97 * one.Chance)) * OptimalAvailableRuns.Line, Line = OptimalAvailableRuns.Line };
        RunResult run = PollLoop.Run(options, traffic, one.Seed);
        RunResult fastest = PollLoop.Run(options with { Governor = context => FixedGovernor.At(context.PStates, 0) }, traffic, one.Seed);
        OracleBounds bounds = new()
        {
            Deadline = Math.Max(options.DelayBound, (long)run.Delay.Max),
            RingSize = options.RingSize,
            BurstSize = options.Core.BurstSize,
            Start = options.Warmup,
            End = options.Duration,
        };
        OracleResult oracle = ClairvoyantOracle.Solve(bounds, PowerHull.Of(options.Core), traffic.Start(one.Seed, options.Duration));
        bool holds = run.Lost == 0 && run.Joules >= 0.999 * oracle.Energy && run.Joules <= fastest.Joules * 1.000001;
        return holds ? null : FormattableString.Invariant($"oracle {oracle.Energy:f6} J, run {run.Joules:f6} J, full speed {fastest.Joules:f6} J, {run.Lost} lost");
    });

    /// <summary>How arrivals are handed over changes nothing.</summary>
    [Fact]
    public void P20_a_burst_handed_over_in_pieces_changes_nothing() => Check(one =>
    {
        PollLoopOptions options = one.Options();
        AdversarialSchedule schedule = one.Schedule(OptimalAvailableRuns.Line);
        string whole = TestCores.Text(OptimalAvailableRuns.Meet(options, schedule, one.Load));
        string pieces = TestCores.Text(OptimalAvailableRuns.Meet(options with { ArrivalBuffer = 1 + (int)(one.Chance * 40) }, schedule, one.Load));
        return whole == pieces ? null : $"{whole} and {pieces}";
    });

    /// <summary>
    /// The sum over the run instead of each moment: one packet less shifts every later decision a little, so that the peaks of two runs do
    /// not lie at the same times.
    /// </summary>
    [Fact]
    public void P20_less_traffic_takes_no_more_energy() => Check(one =>
    {
        PollLoopOptions options = one.Options() with { Duration = 300 * TestCores.Ms, Warmup = 100 * TestCores.Ms };
        PoissonTraffic traffic = new() { Rate = (0.1 + (0.8 * one.Chance)) * OptimalAvailableRuns.Line, Line = OptimalAvailableRuns.Line };
        double all = PollLoop.Run(options, traffic, one.Seed).Joules;
        double fewer = PollLoop.Run(options, traffic with { Rate = 0.9 * traffic.Rate }, one.Seed).Joules;
        return fewer <= 1.01 * all ? null : FormattableString.Invariant($"{fewer:f4} J for nine packets in ten, {all:f4} J for all");
    });

    private static void Check(Func<RunCase, string?> holds) => Draw.Check(RunCase.Any, holds, Ordinarily);
}
