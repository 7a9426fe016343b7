using PollScale.Notation;
using static PollScale.Governors.Spans;

namespace PollScale.Governors;

/// <summary>Settings of an <see cref="OptimalAvailableGovernor"/>. The defaults suit rings of 1024 to 4096 descriptors and actuators of 10 us to 1 ms.</summary>
public sealed record OptimalAvailableOptions
{
    /// <summary>Least and most of <see cref="DelayBound"/>, in us.</summary>
    internal const int ShortestBoundUs = 50, LongestBoundUs = 100_000;

    internal static GovernorSettings<OptimalAvailableOptions> Declared { get; } = new GovernorSettings<OptimalAvailableOptions>
    {
        Together = o => NumbersSetting<OptimalAvailableOptions>.Falling(o.Watts, nameof(Watts)),
    }
        .Time("delay-bound", Us(ShortestBoundUs), Us(LongestBoundUs), "longest time a packet may wait", o => o.DelayBound, (o, v) => o with { DelayBound = v }, "auto", role: GovernorRole.DelayBound, clear: o => o with { DelayBound = null })
        .Share("bound-share", 0.3, 1, "share of the delay bound to plan with", o => o.BoundShare, (o, v) => o with { BoundShare = v }, tuned: (0.4, 1))
        .Number("peak", Quantity.PacketsPerSecond, 0, 1e9, null, "highest arrival rate; 0 learns it", o => o.PeakPacketsPerSecond, (o, v) => o with { PeakPacketsPerSecond = v }, role: GovernorRole.PeakRate)
        .Share("high-water", 0.05, 1, "share of the ring that may fill", o => o.HighWater, (o, v) => o with { HighWater = v }, tuned: (0.3, 1))
        .Time("rate-time", Us(10), Seconds(1), "time constant of the arrival rate", o => o.RateTime, (o, v) => o with { RateTime = v }, tuned: (Us(50), Us(10_000)))
        .Share("lag-share", 0, 1, "share of the bound a steady stream may lag", o => o.LagShare, (o, v) => o with { LagShare = v }, tuned: (0, 1))
        .Number("cycles-per-packet", Quantity.Number, 10, 1e6, "cycles", "cost of a packet until learned", o => o.CyclesPerPacket, (o, v) => o with { CyclesPerPacket = v })
        .Time("call-time", Us(0), Us(10_000), "round trip of a call until measured", o => o.CallTime, (o, v) => o with { CallTime = v }, "as the first ones")
        .Time("actuator-latency", Us(0), Us(100_000), "longest time from a call to its effect", o => o.ActuatorLatency, (o, v) => o with { ActuatorLatency = v }, "as the host states")
        .Other(new NumbersSetting<OptimalAvailableOptions>("watts", "W/W/.., falling, one a P-state", "not known", "power of each P-state", o => o.Watts, (o, v) => o with { Watts = v }), nameof(Watts), GovernorRole.Watts)
        .Time("max-wait", Us(0), Us(10_000), "longest wait of a loop that finds nothing; 0 for none", o => o.MaxWait, (o, v) => o with { MaxWait = v }, role: GovernorRole.MaxWait)
        .Time("wake-time", Us(0), Us(10_000), "how late waits may end", o => o.WakeTime, (o, v) => o with { WakeTime = v }, role: GovernorRole.WakeTime)
        .Number("idle-watts", Quantity.Number, 0, 1000, "W", "power of a core that waits", o => o.IdleWatts, (o, v) => o with { IdleWatts = v }, "not known", role: GovernorRole.IdleWatts);

    /// <summary>Longest time a packet may wait, 50 us .. 100 ms; the longer, the less energy. Null, the default, takes the knee for the actuator, ring and P-states: see <see cref="OptimalAvailableGovernor.DelayBound"/>.</summary>
    public TimeSpan? DelayBound { get; init; }

    /// <summary>Share of the delay bound that is planned with, 0.3 .. 1; default 0.9: the rest is for bursts and for the decision period.</summary>
    public double BoundShare { get; init; } = 0.9;

    /// <summary>Highest arrival rate in packets per second, 0 .. 1e9: the line's. 0 is unknown: peaks are then learned, and none is certain not to be topped.</summary>
    public double PeakPacketsPerSecond { get; init; }

    /// <summary>Share of the ring that may fill, 0.05 .. 1; default 0.95.</summary>
    public double HighWater { get; init; } = 0.95;

    /// <summary>Time constant of the fast arrival rate, 10 us .. 1 s; default 500 us. The slow one has ten times this.</summary>
    public TimeSpan RateTime { get; init; } = TimeSpan.FromMicroseconds(500);

    /// <summary>Share of the delay bound by which packets of a steady stream may lag, 0 .. 1; default 0.93. Within it the speed swings
    /// between the two P-states next to the rate.</summary>
    public double LagShare { get; init; } = 0.93;

    /// <summary>Core cycles a packet costs, until learned, 10 .. 1000000; default 1000.</summary>
    public double CyclesPerPacket { get; init; } = 1000;

    /// <summary>Round trip of a call, until the governor has measured some, 0 .. 10 ms; null takes what the first ones took, see <see cref="GovernorContext.CallTime"/>.</summary>
    public TimeSpan? CallTime { get; init; }

    /// <summary>Longest time from a call to its effect, 0 .. 100 ms; null takes what the host states.</summary>
    public TimeSpan? ActuatorLatency { get; init; }

    /// <summary>
    /// Power of a core that polls, in W, of each P-state of the table, index 0 first, above 0 and falling with the index. A P-state that draws more than a mix of two others as
    /// fast is not asked for then. Null, the default, is not known: none draws more.
    /// </summary>
    public IReadOnlyList<double>? Watts { get; init; }

    /// <summary>Longest time for which a loop that finds nothing may wait, where the application calls <see cref="LcoreScaler.Idle()"/>: 0 .. 10 ms; default 0, it never does. A packet that comes meanwhile waits too, within the delay bound.</summary>
    public TimeSpan MaxWait { get; init; }

    /// <summary>How late a wait may end, 0 .. 10 ms; default 60 us: the kernel's timer slack of 50 us (prctl(2)) and a wake-up. One that ended later counts for ten seconds, and withdraws the certificate.</summary>
    public TimeSpan WakeTime { get; init; } = TimeSpan.FromMicroseconds(60);

    /// <summary>Power of a core that waits, in W, 0 .. 1000. With <see cref="Watts"/> it tells at which P-state to work between waits: the one that takes the least energy a packet. Null, the default, is not known: the slowest.</summary>
    public double? IdleWatts { get; init; }

    internal void Validate() => Declared.Validate(this);
}
