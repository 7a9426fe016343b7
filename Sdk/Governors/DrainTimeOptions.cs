namespace PollScale.Governors;

/// <summary>Settings of a <see cref="DrainTimeGovernor"/>. The defaults suit a ring of thousands of descriptors and calls of up to 50 us.</summary>
public sealed record DrainTimeOptions
{
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

    /// <summary>Round trip of a call, until measured, 0 .. 10 ms; default 50 us.</summary>
    public TimeSpan CallTime { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>Time from a call's return to its effect, 0 .. 100 ms; null takes what the host states.</summary>
    public TimeSpan? TransitionLatency { get; init; }

    internal void Validate()
    {
        TimeSpan shortest = TimeSpan.FromMicroseconds(10);
        TimeSpan second = TimeSpan.FromSeconds(1);
        Check(DrainTime >= shortest && DrainTime <= second, nameof(DrainTime), DrainTime, "10 us .. 1 s");
        Check(SetpointBacklog is null or (>= 0 and <= 65536), nameof(SetpointBacklog), SetpointBacklog, "0 .. 65536 packets, or null");
        Check(HoldTime >= shortest && HoldTime <= second, nameof(HoldTime), HoldTime, "10 us .. 1 s");
        Check(RateTime >= shortest && RateTime <= second, nameof(RateTime), RateTime, "10 us .. 1 s");
        Check(RateMargin is >= 1 and <= 2, nameof(RateMargin), RateMargin, "1 .. 2");
        Check(StepHeadroom is >= 1 and <= 2, nameof(StepHeadroom), StepHeadroom, "1 .. 2");
        Check(CyclesPerPacket is >= 10 and <= 1e6, nameof(CyclesPerPacket), CyclesPerPacket, "10 .. 1000000 cycles");
        Check(HighWater is >= 0.05 and <= 1, nameof(HighWater), HighWater, "0.05 .. 1");
        Check(PeakPacketsPerSecond is >= 0 and <= 1e9, nameof(PeakPacketsPerSecond), PeakPacketsPerSecond, "0 .. 1e9 packets per second");
        Check(CallTime >= TimeSpan.Zero && CallTime <= TimeSpan.FromMilliseconds(10), nameof(CallTime), CallTime, "0 .. 10 ms");
        Check(TransitionLatency is null || (TransitionLatency >= TimeSpan.Zero && TransitionLatency <= TimeSpan.FromMilliseconds(100)), nameof(TransitionLatency), TransitionLatency, "0 .. 100 ms, or null");
    }

    private static void Check(bool valid, string name, object? value, string expected) =>
        OptionCheck.Require(valid, nameof(DrainTimeOptions), name, value, expected);
}
