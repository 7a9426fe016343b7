using PollScale.Governors;
using PollScale.Notation;
using static PollScale.Governors.Spans;

namespace PollScale.Simulation.Incumbents;

/// <summary>Settings of a <see cref="SchedutilGovernor"/>. The defaults are those of Linux.</summary>
internal sealed record SchedutilOptions
{
    internal static GovernorSettings<SchedutilOptions> Declared { get; } = new GovernorSettings<SchedutilOptions>()
        .Number("headroom", Quantity.Number, 1, 4, "", "frequency over what the utilization needs", o => o.Headroom, (o, v) => o with { Headroom = v })
        .Time("half-life", Us(100), Seconds(1), "half-life of the utilization", o => o.HalfLife, (o, v) => o with { HalfLife = v })
        .Time("rate-limit", Us(0), Seconds(1), "shortest time between changes", o => o.RateLimit, (o, v) => o with { RateLimit = v }, "1.5 latencies");

    /// <summary>Frequency over what the utilization needs, 1 .. 4; default 1.25, so that load tips over at 80 %.</summary>
    public double Headroom { get; init; } = 1.25;

    /// <summary>Half-life of the utilization, 100 us .. 1 s; default 32 ms.</summary>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromMilliseconds(32);

    /// <summary>Shortest time between changes, 0 .. 1 s; null takes 1.5 times the transition latency that the host states, or 1 ms where it states none.</summary>
    public TimeSpan? RateLimit { get; init; }

    internal void Validate() => Declared.Validate(this);
}
