using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>What a <see cref="LossCertificate"/> is worked out from.</summary>
internal sealed record LossPremises
{
    // Rates pass through ticks and texts, times through ticks of 100 ns.
    private const double RateTolerance = 1 - 1e-9;
    private static readonly TimeSpan s_latencyTolerance = TimeSpan.FromMicroseconds(0.2);

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

    /// <summary>What else is known of how requests take effect.</summary>
    public required ActuatorPremises Actuator { get; init; }

    /// <summary>The governor; null is any that keeps the rule, told the peak rate and the latency. One that lets only a share of the ring fill has only that share.</summary>
    public IGovernor? Governor { get; init; }

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
        ArgumentNullException.ThrowIfNull(Actuator);
        Check(PeakPacketsPerSecond is > 0 and <= 1e9, nameof(PeakPacketsPerSecond), PeakPacketsPerSecond, "above 0, at most 1e9 packets per second");
        Check(RingSize is >= 1 and <= LossCertificate.LargestRing, nameof(RingSize), RingSize, "1 .. 65536 descriptors");
        Check(TransitionLatency >= TimeSpan.Zero && TransitionLatency <= second, nameof(TransitionLatency), TransitionLatency, "0 .. 1 s");
        Check(Actuator.Stall >= TimeSpan.Zero && Actuator.Stall <= second, nameof(Actuator), Actuator, "a stall of 0 .. 1 s");
        Check(DecisionPeriod >= TimeSpan.Zero && DecisionPeriod <= second, nameof(DecisionPeriod), DecisionPeriod, "0 .. 1 s");
        Check(CallTime >= TimeSpan.Zero && CallTime <= second, nameof(CallTime), CallTime, "0 .. 1 s");
        Check(BurstSize is >= 0 and <= 1024, nameof(BurstSize), BurstSize, "0 .. 1024 packets");
    }

    /// <summary>Descriptors that the governor lets fill, 1 or more.</summary>
    internal int UsableRing => Governor is ILossBoundGovernor bound ? Math.Max(1, (int)(Math.Clamp(bound.HighWater, 0, 1) * RingSize)) : RingSize;

    /// <summary>P-states that the governor uses: one that holds a P-state uses that one.</summary>
    internal (int Fastest, int Slowest) Range => Governor is FixedGovernor held ? (held.PState, held.PState) : (PStates.FastestAllowed, PStates.SlowestAllowed);

    /// <summary>Why the rule does not hold here, as a clause; null where it does.</summary>
    internal string? Doubt => Governor switch
    {
        // The fastest is where a run starts, and nothing changes.
        FixedGovernor held => held.PState == PStates.FastestAllowed ? null : Actuator.Doubt,
        ILossBoundGovernor bound => DoubtOf(bound) ?? Actuator.Doubt,
        null => Actuator.Doubt,
        _ => $"{Governor.GetType().Name} keeps no bound on loss",
    };

    /// <summary>How far a backlog can grow, in seconds and packets.</summary>
    internal WorstCase Worst => new(TransitionLatency.TotalSeconds, DecisionPeriod.TotalSeconds, CallTime.TotalSeconds, Actuator.Stall.TotalSeconds, BurstSize);

    /// <summary>Packets that can pile up, from a drained ring at a service rate, before a faster P-state takes effect.</summary>
    internal double WorstBacklog(double serviceRate) => Worst.Backlog(PeakPacketsPerSecond, serviceRate);

    private string? DoubtOf(ILossBoundGovernor bound) => bound.Surprise switch
    {
        ActuatorSurprise.Late => $"a request was seen to take effect later than {TransitionLatency.TotalMicroseconds:0.#} us, the latency stated",
        _ when bound.Contradiction is string seen => seen,
        _ when bound.PeakPacketsPerSecond <= 0 => $"{bound.GetType().Name} is told no peak rate, so it learns peaks, which may be topped",
        _ when bound.PeakPacketsPerSecond < PeakPacketsPerSecond * RateTolerance => FormattableString.Invariant($"{bound.GetType().Name} is told a peak rate of {bound.PeakPacketsPerSecond:N0} packets/s only, and {PeakPacketsPerSecond:N0} may arrive"),
        _ when bound.ActuatorLatency + s_latencyTolerance < TransitionLatency => FormattableString.Invariant($"{bound.GetType().Name} is told an actuator's latency of {bound.ActuatorLatency.TotalMicroseconds:0.###} us, and it is {TransitionLatency.TotalMicroseconds:0.###} us"),
        _ => null,
    };

    private static void Check(bool valid, string name, object? value, string expected) =>
        OptionCheck.Require(valid, nameof(LossPremises), name, value, expected);
}
