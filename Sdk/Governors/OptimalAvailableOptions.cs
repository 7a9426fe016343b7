namespace PollScale.Governors;

/// <summary>Settings of an <see cref="OptimalAvailableGovernor"/>. The defaults suit rings of 1024 to 4096 descriptors and actuators of 10 us to 1 ms.</summary>
public sealed record OptimalAvailableOptions
{
    /// <summary>Longest time a packet may wait, 50 us .. 100 ms; default 1 ms. The longer, the less energy.</summary>
    public TimeSpan DelayBound { get; init; } = TimeSpan.FromMilliseconds(1);

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

    /// <summary>Round trip of a call, until measured, 0 .. 10 ms; default 5 us.</summary>
    public TimeSpan CallTime { get; init; } = TimeSpan.FromMicroseconds(5);

    /// <summary>Longest time from a call to its effect, 0 .. 100 ms; null takes what the host states.</summary>
    public TimeSpan? ActuatorLatency { get; init; }

    internal void Validate()
    {
        Check(DelayBound >= TimeSpan.FromMicroseconds(50) && DelayBound <= TimeSpan.FromMilliseconds(100), nameof(DelayBound), DelayBound, "50 us .. 100 ms");
        Check(BoundShare is >= 0.3 and <= 1, nameof(BoundShare), BoundShare, "0.3 .. 1");
        Check(PeakPacketsPerSecond is >= 0 and <= 1e9, nameof(PeakPacketsPerSecond), PeakPacketsPerSecond, "0 .. 1e9 packets per second");
        Check(HighWater is >= 0.05 and <= 1, nameof(HighWater), HighWater, "0.05 .. 1");
        Check(RateTime >= TimeSpan.FromMicroseconds(10) && RateTime <= TimeSpan.FromSeconds(1), nameof(RateTime), RateTime, "10 us .. 1 s");
        Check(LagShare is >= 0 and <= 1, nameof(LagShare), LagShare, "0 .. 1");
        Check(CyclesPerPacket is >= 10 and <= 1e6, nameof(CyclesPerPacket), CyclesPerPacket, "10 .. 1000000 cycles");
        Check(CallTime >= TimeSpan.Zero && CallTime <= TimeSpan.FromMilliseconds(10), nameof(CallTime), CallTime, "0 .. 10 ms");
        Check(ActuatorLatency is null || (ActuatorLatency >= TimeSpan.Zero && ActuatorLatency <= TimeSpan.FromMilliseconds(100)), nameof(ActuatorLatency), ActuatorLatency, "0 .. 100 ms, or null");
    }

    private static void Check(bool valid, string name, object? value, string expected) =>
        OptionCheck.Require(valid, nameof(OptimalAvailableOptions), name, value, expected);
}
