using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>What a <see cref="LossCertificate"/> is worked out from.</summary>
public sealed record LossPremises
{
    /// <summary>P-states that may be asked for.</summary>
    public required PStateTable PStates { get; init; }

    /// <summary>What a packet costs; take the most it can.</summary>
    public required ServiceCost Cost { get; init; }

    /// <summary>Highest arrival rate R in packets per second, over any time: the line rate of the smallest frames, or less where that is known; above 0, at most 1e9.</summary>
    public required double PeakPacketsPerSecond { get; init; }

    /// <summary>Descriptors of the rx ring that may be used, 1 .. 65536.</summary>
    public required int RingSize { get; init; }

    /// <summary>Longest time L from a call's return to its effect, 0 .. 1 s.</summary>
    public required TimeSpan TransitionLatency { get; init; }

    /// <summary>Time Delta between decisions, 0 .. 1 s.</summary>
    public required TimeSpan DecisionPeriod { get; init; }

    /// <summary>Round trip C of a call, during which nothing is served, 0 .. 1 s.</summary>
    public TimeSpan CallTime { get; init; }

    /// <summary>Most packets one poll returns, 0 .. 1024; default 32. 0 leaves out that a poll loop decides between bursts only.</summary>
    public int BurstSize { get; init; } = 32;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(PStates);
        TimeSpan second = TimeSpan.FromSeconds(1);
        Check(Cost.CyclesPerPacket is >= 0 and <= 1e6 && Cost.MemoryNs is >= 0 and <= 1e6 && Cost.CyclesPerPacket + Cost.MemoryNs > 0, nameof(Cost), Cost, "0 .. 1e6 cycles and 0 .. 1e6 ns, not both 0");
        Check(PeakPacketsPerSecond is > 0 and <= 1e9, nameof(PeakPacketsPerSecond), PeakPacketsPerSecond, "above 0, at most 1e9 packets per second");
        Check(RingSize is >= 1 and <= LossCertificate.LargestRing, nameof(RingSize), RingSize, "1 .. 65536 descriptors");
        Check(TransitionLatency >= TimeSpan.Zero && TransitionLatency <= second, nameof(TransitionLatency), TransitionLatency, "0 .. 1 s");
        Check(DecisionPeriod >= TimeSpan.Zero && DecisionPeriod <= second, nameof(DecisionPeriod), DecisionPeriod, "0 .. 1 s");
        Check(CallTime >= TimeSpan.Zero && CallTime <= second, nameof(CallTime), CallTime, "0 .. 1 s");
        Check(BurstSize is >= 0 and <= 1024, nameof(BurstSize), BurstSize, "0 .. 1024 packets");
    }

    /// <summary>Packets that can pile up, from a drained ring at a service rate, before a faster P-state takes effect.</summary>
    internal double WorstBacklog(double serviceRate)
    {
        double growth = Math.Max(0, PeakPacketsPerSecond - serviceRate);
        double wait = (TransitionLatency + DecisionPeriod).TotalSeconds + (BurstSize / serviceRate);
        return (PeakPacketsPerSecond * CallTime.TotalSeconds) + (growth * wait) + BurstSize;
    }

    private static void Check(bool valid, string name, object? value, string expected) =>
        OptionCheck.Require(valid, nameof(LossPremises), name, value, expected);
}
