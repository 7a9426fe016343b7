using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;

namespace PollScale.Simulation.Running;

/// <summary>What a <see cref="PollLoop"/> simulates. Times are simulated time.</summary>
public sealed record PollLoopOptions
{
    internal const long UsualWakeTime = 5 * SimTime.Microsecond;

    /// <summary>The core.</summary>
    public CoreModel Core { get; init; } = CoreModel.Synthetic;

    /// <summary>How its speed follows requests.</summary>
    public required IActuator Actuator { get; init; }

    /// <summary>How requests get there.</summary>
    public IChannel Channel { get; init; } = new DirectCall();

    /// <summary>Makes the governor. It may be given a changed context, to test wrong beliefs about the actuator.</summary>
    public required Func<GovernorContext, IGovernor> Governor { get; init; }

    /// <summary>Descriptors of the rx ring, 1 .. 2^20.</summary>
    public int RingSize { get; init; } = 2048;

    /// <summary>Time from a decision, calls included, to the next that is due, 0 .. 1000 s; default 20 us. 0 decides after each poll.</summary>
    public long DecisionPeriod { get; init; } = 20 * SimTime.Microsecond;

    /// <summary>Time that a decision takes at any speed, 0 .. 1 s; null, the default, is what was measured of the governor.</summary>
    public long? DecisionCost { get; init; }

    /// <summary>Time that telling the scaler of a poll takes at any speed, 0 .. 1 s; null, the default, is what was measured.</summary>
    public long? ObserveCost { get; init; }

    /// <summary>End of the run, above <see cref="Warmup"/>, at most 10^5 s.</summary>
    public required long Duration { get; init; }

    /// <summary>Time before which nothing counts; packets that arrive before it never do.</summary>
    public long Warmup { get; init; }

    /// <summary>D: packets that wait longer are counted. Default 1 ms.</summary>
    public long DelayBound { get; init; } = SimTime.Millisecond;

    /// <summary>P-state at the start, taken as asked for and granted; default the fastest, for which a scaler asks first.</summary>
    public int InitialPState { get; init; }

    /// <summary>Seed of the run's phases and losses. Traffic has its own.</summary>
    public ulong Seed { get; init; }

    /// <summary>Factor by which packets cost more than <see cref="Core"/> says, by the time of their poll; null is 1 throughout.</summary>
    public Func<long, double>? CostFactor { get; init; }

    /// <summary>From the end of a wait to the next poll, 0 .. 1 s, beside what leaving its idle state takes; default 5 us. Of governors that tell how long a loop may wait; others that sleep have an option for it.</summary>
    public long WakeTime { get; init; } = UsualWakeTime;

    /// <summary>The same by the time at which a wait begins; null for always the same.</summary>
    internal Func<long, long>? Wakes { get; init; }

    /// <summary>How what packets cost varies beside that; null for not at all.</summary>
    internal PacketCosts? Costs { get; init; }

    /// <summary>Told of every decision; null for none.</summary>
    public Action<TracePoint>? Trace { get; init; }

    /// <summary>Arrivals asked for at a time, 1 or more; it changes no result.</summary>
    public int ArrivalBuffer { get; init; } = 4096;

    /// <summary>The table that governors see: all P-states allowed, and the worst latency of channel and actuator.</summary>
    public PStateTable PStates()
    {
        long latencyNs = (Actuator.WorstLatency + Channel.WorstDelay + SimTime.Nanosecond - 1) / SimTime.Nanosecond;
        return new PStateTable([.. Core.KHz], 0, Core.KHz.Count - 1, (uint)Math.Min(latencyNs, uint.MaxValue));
    }

    /// <summary>What governors are made for.</summary>
    internal GovernorContext Context() => new(PStates(), SimTime.TscKHz, RingSize, Core.BurstSize, Math.Max(1, SimTime.ToTicks(DecisionPeriod)))
    {
        Stall = SimTime.ToSpan(Actuator.Stall),
        CallTime = SimTime.ToSpan(Channel.CallTime),
    };

    /// <summary>What certificates rest on here.</summary>
    /// <param name="peak">Highest arrival rate in packets per second.</param>
    /// <param name="governor">The governor; null is any that keeps the rule.</param>
    internal LossPremises Premises(double peak, IGovernor? governor) => new()
    {
        PStates = PStates(),
        Cost = new ServiceCost(
            Most((Core.CyclesPerPacket * HighestCost) + (Core.CyclesPerPoll / Core.BurstSize)), Most((Core.MemoryNsPerPacket * HighestCost) + (Core.MemoryNsPerPoll / Core.BurstSize))),
        PeakPacketsPerSecond = Math.Clamp(peak, 1, 1e9),
        RingSize = RingSize,
        Governor = governor,
        Actuator = new ActuatorPremises
        {
            Stall = Span(Actuator.Stall),
            RequestsWait = Channel.RequestsWait,
            Unknown = Costs is null ? null : $"what packets cost varies ({Costs.Name}), and a governor learns it too late",
        },
        TransitionLatency = Span(Actuator.WorstLatency + Channel.WorstDelay),
        DecisionPeriod = Span(DecisionPeriod),
        CallTime = Span(Channel.CallTime),
        BurstSize = Core.BurstSize,
    };

    /// <summary>Time that telling the scaler of a poll takes.</summary>
    internal long Observing => ObserveCost ?? DecisionCosts.Observing(DecisionPeriod);

    internal void Validate()
    {
        const long longest = 100_000 * SimTime.Second;
        Check(RingSize is >= 1 and <= 1 << 20, nameof(RingSize), RingSize, "1 .. 1048576 descriptors");
        Check(DecisionPeriod is >= 0 and <= 1000 * SimTime.Second, nameof(DecisionPeriod), DecisionPeriod, "0 .. 1000 s");
        Check(DecisionCost is null or (>= 0 and <= SimTime.Second), nameof(DecisionCost), DecisionCost ?? 0, "0 .. 1 s, or null");
        Check(ObserveCost is null or (>= 0 and <= SimTime.Second), nameof(ObserveCost), ObserveCost ?? 0, "0 .. 1 s, or null");
        Check(WakeTime is >= 0 and <= SimTime.Second, nameof(WakeTime), WakeTime, "0 .. 1 s");
        Check(Warmup >= 0, nameof(Warmup), Warmup, "0 or more");
        Check(Duration > Warmup && Duration <= longest, nameof(Duration), Duration, "above the warm-up and at most 100000 s");
        Check(DelayBound >= 0, nameof(DelayBound), DelayBound, "0 or more");
        Check(ArrivalBuffer is >= 1 and <= 1 << 24, nameof(ArrivalBuffer), ArrivalBuffer, "1 .. 16777216");
        Check(Core.BurstSize is >= 1 and <= 4096, nameof(Core), Core.BurstSize, "a core that takes bursts of 1 .. 4096 packets");
        Check(Core.Watts.Count == Core.KHz.Count, nameof(Core), Core.Watts.Count, $"a core with a power for each of its {Core.KHz.Count} P-states");
        Check(InitialPState >= 0 && InitialPState < Core.KHz.Count, nameof(InitialPState), InitialPState, $"0 .. {Core.KHz.Count - 1}");
        for (int pState = 0; pState < Core.KHz.Count; pState++)
        {
            // A poll that takes no time would be made for ever.
            long empty = Core.PollTime(pState, 0), full = Core.PollTime(pState, Core.BurstSize);
            Check(empty > 0 && full >= empty && full <= longest, nameof(Core), $"one whose polls take {empty} .. {full} ps", "a core whose polls take time, and more with packets");
        }
    }

    private double HighestCost => Costs?.Highest ?? 1;

    // Never more than a certificate takes at most; a virtio-serial turn beside a grid may be longer than a second.
    private static TimeSpan Span(long time) => SimTime.ToSpan(Math.Min(SimTime.Second, time));

    private static double Most(double cost) => Math.Min(cost, 1e6);

    private static void Check(bool valid, string name, object value, string expected)
    {
        if (!valid)
        {
            throw new ArgumentException($"PollLoopOptions.{name} is {value}; it must be {expected}.", name);
        }
    }
}
