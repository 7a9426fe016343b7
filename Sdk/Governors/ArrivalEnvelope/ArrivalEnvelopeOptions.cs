using PollScale.Notation;
using static PollScale.Governors.Spans;

namespace PollScale.Governors;

/// <summary>Settings of an <see cref="ArrivalEnvelopeGovernor"/>. The defaults suit rings of 1024 to 4096 descriptors and actuators of 10 us to 1 ms.</summary>
public sealed record ArrivalEnvelopeOptions
{
    internal static GovernorSettings<ArrivalEnvelopeOptions> Declared { get; } = new GovernorSettings<ArrivalEnvelopeOptions>()
        .Time("delay-bound", Us(50), Us(100_000), "longest time a packet may wait", o => o.DelayBound, (o, v) => o with { DelayBound = v }, role: GovernorRole.DelayBound)
        .Share("bound-share", 0.1, 1, "share of the delay bound the backlog may reach", o => o.BoundShare, (o, v) => o with { BoundShare = v }, tuned: (0.3, 1))
        .Share("high-water", 0.05, 1, "share of the ring that may fill", o => o.HighWater, (o, v) => o with { HighWater = v }, tuned: (0.3, 1))
        .Time("rate-time", Us(10), Seconds(1), "time constant of the arrival rate", o => o.RateTime, (o, v) => o with { RateTime = v }, tuned: (Us(50), Us(10_000)))
        .Number("rate-margin", Quantity.Number, 1, 2, "", "speed over arrival rate", o => o.RateMargin, (o, v) => o with { RateMargin = v }, tuned: (1, 1.5))
        .Time("drain-time", Us(50), Seconds(1), "time in which a backlog above a burst is gone", o => o.DrainTime, (o, v) => o with { DrainTime = v }, tuned: (Us(100), Us(5_000)))
        .Time("hold-time", Us(10), Seconds(1), "time for which a demand is held", o => o.HoldTime, (o, v) => o with { HoldTime = v }, tuned: (Us(50), Us(10_000)))
        .Number("cycles-per-packet", Quantity.Number, 10, 1e6, "cycles", "cost of a packet until learned", o => o.CyclesPerPacket, (o, v) => o with { CyclesPerPacket = v })
        .Time("actuator-latency", Us(0), Us(100_000), "longest time from a call to its effect", o => o.ActuatorLatency, (o, v) => o with { ActuatorLatency = v }, "as the host states");

    /// <summary>Longest time D a packet may wait, 50 us .. 100 ms; default 1 ms.</summary>
    public TimeSpan DelayBound { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Share of the delay bound that the backlog may reach at full speed, 0.1 .. 1; default 0.85.</summary>
    public double BoundShare { get; init; } = 0.85;

    /// <summary>Share of the ring that may fill, 0.05 .. 1; default 0.95.</summary>
    public double HighWater { get; init; } = 0.95;

    /// <summary>Time constant of the fast arrival rate, 10 us .. 1 s; default 500 us. The slow one has ten times this.</summary>
    public TimeSpan RateTime { get; init; } = TimeSpan.FromMicroseconds(500);

    /// <summary>Speed over arrival rate, 1 .. 2; default 1.02.</summary>
    public double RateMargin { get; init; } = 1.02;

    /// <summary>Time in which a backlog of more than a burst is gone, 50 us .. 1 s; default 700 us. Longer saves energy and adds delay.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromMicroseconds(700);

    /// <summary>Time for which a demand is held before the speed may fall, 10 us .. 1 s; default 500 us.</summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromMicroseconds(500);

    /// <summary>Core cycles a packet costs, until learned, 10 .. 1000000; default 1000.</summary>
    public double CyclesPerPacket { get; init; } = 1000;

    /// <summary>Longest time L from a call to its effect, 0 .. 100 ms; null takes what the host states.</summary>
    public TimeSpan? ActuatorLatency { get; init; }

    internal void Validate() => Declared.Validate(this);
}
