namespace PollScale.Governors;

/// <summary>Settings of an <see cref="ArrivalEnvelopeGovernor"/>. The defaults suit rings of 1024 to 4096 descriptors and actuators of 10 us to 1 ms.</summary>
public sealed record ArrivalEnvelopeOptions
{
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

    internal void Validate()
    {
        TimeSpan second = TimeSpan.FromSeconds(1);
        Check(DelayBound >= TimeSpan.FromMicroseconds(50) && DelayBound <= TimeSpan.FromMilliseconds(100), nameof(DelayBound), DelayBound, "50 us .. 100 ms");
        Check(BoundShare is >= 0.1 and <= 1, nameof(BoundShare), BoundShare, "0.1 .. 1");
        Check(HighWater is >= 0.05 and <= 1, nameof(HighWater), HighWater, "0.05 .. 1");
        Check(RateTime >= TimeSpan.FromMicroseconds(10) && RateTime <= second, nameof(RateTime), RateTime, "10 us .. 1 s");
        Check(RateMargin is >= 1 and <= 2, nameof(RateMargin), RateMargin, "1 .. 2");
        Check(DrainTime >= TimeSpan.FromMicroseconds(50) && DrainTime <= second, nameof(DrainTime), DrainTime, "50 us .. 1 s");
        Check(HoldTime >= TimeSpan.FromMicroseconds(10) && HoldTime <= second, nameof(HoldTime), HoldTime, "10 us .. 1 s");
        Check(CyclesPerPacket is >= 10 and <= 1e6, nameof(CyclesPerPacket), CyclesPerPacket, "10 .. 1000000 cycles");
        Check(ActuatorLatency is null || (ActuatorLatency >= TimeSpan.Zero && ActuatorLatency <= TimeSpan.FromMilliseconds(100)), nameof(ActuatorLatency), ActuatorLatency, "0 .. 100 ms, or null");
    }

    private static void Check(bool valid, string name, object? value, string expected) =>
        OptionCheck.Require(valid, nameof(ArrivalEnvelopeOptions), name, value, expected);
}
