using PollScale.Notation;
using static PollScale.Governors.Spans;

namespace PollScale.Governors;

/// <summary>Settings of a <see cref="DrainTimeGovernor"/>. The defaults suit a ring of thousands of descriptors and calls of up to 50 us.</summary>
public sealed record DrainTimeOptions
{
    internal static GovernorSettings<DrainTimeOptions> Declared { get; } = new GovernorSettings<DrainTimeOptions>()
        .Time("drain-time", Us(10), Seconds(1), "time in which the backlog above the setpoint is gone", o => o.DrainTime, (o, v) => o with { DrainTime = v }, tuned: (Us(20), Us(5_000)))
        .Whole("setpoint-backlog", 0, 65536, "packets", "backlog that needs no extra speed", o => o.SetpointBacklog, (o, v) => o with { SetpointBacklog = (int)v }, "one burst")
        .Time("hold-time", Us(10), Seconds(1), "time for which a peak of demand is held", o => o.HoldTime, (o, v) => o with { HoldTime = v }, tuned: (Us(20), Us(10_000)))
        .Time("rate-time", Us(10), Seconds(1), "time constant of the arrival rate", o => o.RateTime, (o, v) => o with { RateTime = v }, tuned: (Us(20), Us(5_000)))
        .Number("rate-margin", Quantity.Number, 1, 2, "", "speed over arrival rate", o => o.RateMargin, (o, v) => o with { RateMargin = v }, tuned: (1, 1.5))
        .Number("step-headroom", Quantity.Number, 1, 2, "", "headroom taken when the P-state changes", o => o.StepHeadroom, (o, v) => o with { StepHeadroom = v }, tuned: (1, 1.5))
        .Number("cycles-per-packet", Quantity.Number, 10, 1e6, "cycles", "cost of a packet until learned", o => o.CyclesPerPacket, (o, v) => o with { CyclesPerPacket = v })
        .Share("high-water", 0.05, 1, "share of the ring never to exceed", o => o.HighWater, (o, v) => o with { HighWater = v }, tuned: (0.3, 1))
        .Number("peak", Quantity.PacketsPerSecond, 0, 1e9, null, "highest arrival rate; 0 learns it", o => o.PeakPacketsPerSecond, (o, v) => o with { PeakPacketsPerSecond = v }, role: GovernorRole.PeakRate, former: "peak-rate")
        .Time("call-time", Us(0), Us(10_000), "round trip of a call until measured", o => o.CallTime, (o, v) => o with { CallTime = v }, "as the first ones")
        .Time("actuator-latency", Us(0), Us(100_000), "longest time from a call to its effect", o => o.ActuatorLatency, (o, v) => o with { ActuatorLatency = v }, "as the host states", former: "transition-latency");

    /// <summary>Time in which the backlog above <see cref="SetpointBacklog"/> is to be gone, 10 us .. 1 s; default 200 us. Longer saves energy and adds delay.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromMicroseconds(200);

    /// <summary>Backlog that needs no extra speed, in packets, 0 .. 65536; null takes one burst.</summary>
    public int? SetpointBacklog { get; init; }

    /// <summary>Time for which a peak of demand is held before the speed may fall, 10 us .. 1 s; default 500 us. With no packet for so long the slowest P-state follows.</summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromMicroseconds(500);

    /// <summary>Time constant of the fast arrival rate, 10 us .. 1 s; default 200 us. The slow one has ten times this.</summary>
    public TimeSpan RateTime { get; init; } = TimeSpan.FromMicroseconds(200);

    /// <summary>Speed over arrival rate, 1 .. 2; default 1.02.</summary>
    public double RateMargin { get; init; } = 1.02;

    /// <summary>Headroom taken when the P-state changes, so that noise causes no further call, 1 .. 2; default 1.03.</summary>
    public double StepHeadroom { get; init; } = 1.03;

    /// <summary>Core cycles a packet costs, until learned, 10 .. 1000000; default 1000.</summary>
    public double CyclesPerPacket { get; init; } = 1000;

    /// <summary>Fraction of the ring that the backlog must never exceed, 0.05 .. 1; default 0.75.</summary>
    public double HighWater { get; init; } = 0.75;

    /// <summary>Highest arrival rate in packets per second, 0 .. 1e9; 0 takes twice the highest rate seen of late, and at least the fastest P-state's service rate.</summary>
    public double PeakPacketsPerSecond { get; init; }

    /// <summary>Round trip of a call, until the governor has measured some, 0 .. 10 ms; null takes what the first ones took, see <see cref="GovernorContext.CallTime"/>.</summary>
    public TimeSpan? CallTime { get; init; }

    /// <summary>Longest time L from a call's return to its effect, 0 .. 100 ms; null takes what the host states.</summary>
    public TimeSpan? ActuatorLatency { get; init; }

    internal void Validate() => Declared.Validate(this);
}
