using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Running;
using PollScale.Simulation.Tests.Running;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Adversary;
using PollScale.Simulation.Traffic.Models;

namespace PollScale.Simulation.Tests.Governors;

/// <summary>Runs of an <see cref="OptimalAvailableGovernor"/> on the synthetic core.</summary>
internal static class OptimalAvailableRuns
{
    /// <summary>Time of moderate load before a schedule, in which the governor learns costs and actuator.</summary>
    public const long Prefix = 60 * TestCores.Ms;

    /// <summary>The line rate that the governor is told, and that no traffic tops; the fastest P-state serves a little more.</summary>
    public static double Line { get; } = Math.Floor(TrafficDefaults.ReferenceRate / 1e4) * 1e4;

    public static PollLoopOptions Options(string actuator, int ring, long duration, ulong seed = 1, long bound = TestCores.Ms, OptimalAvailableOptions? governor = null)
    {
        OptimalAvailableOptions settings = (governor ?? new OptimalAvailableOptions()) with
        {
            PeakPacketsPerSecond = Line,
            DelayBound = TimeSpan.FromMicroseconds(bound / TestCores.Us),
        };
        return new PollLoopOptions
        {
            Actuator = ActuatorText.Parse(actuator),
            Governor = context => new OptimalAvailableGovernor(context, settings),
            RingSize = ring,
            Duration = duration,
            DelayBound = bound,
            Seed = seed,
        };
    }

    /// <summary>A schedule after the prefix, once; what is lost before it counts too; cut off at a time.</summary>
    public static RunResult Meet(PollLoopOptions options, AdversarialSchedule schedule, double prefixLoad, Action<TracePoint>? trace = null, long until = long.MaxValue)
    {
        long length = schedule.Pairs.Sum(pair => pair.Quiet + pair.Burst);
        PollLoopOptions run = options with { Duration = Math.Min(Prefix + length, until), Trace = trace };
        PoissonTraffic prefix = new() { Rate = prefixLoad * Line, Line = Line };
        return PollLoop.Run(run, new ChainedArrivals(prefix.Start(options.Seed, Prefix), Prefix, schedule.Start(1, length)));
    }
}
