using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>What a governor is made for.</summary>
/// <param name="PStates">P-states that may be asked for.</param>
/// <param name="TscKHz">TSC frequency: the unit of a sample's ticks.</param>
/// <param name="RingSize">Descriptors of an rx ring to plan with.</param>
/// <param name="BurstSize">Most packets one poll returns.</param>
/// <param name="DecisionTicks">Decision period in TSC ticks.</param>
public sealed record GovernorContext(PStateTable PStates, uint TscKHz, int RingSize, int BurstSize, ulong DecisionTicks)
{
    /// <summary>Highest arrival rate in packets per second that the application knows of, 0 .. 1e9; 0 when it knows none. A governor's own option goes before it.</summary>
    public double PeakPacketsPerSecond { get; init; }

    /// <summary>Longest time for which the core stands still at a change of its P-state, a part of the table's latency; zero where the host states none.</summary>
    public TimeSpan Stall { get; init; }

    /// <summary>Round trip of a call, as the first ones took; null where none was measured, as where requests are posted.</summary>
    public TimeSpan? CallTime { get; init; }

    /// <summary>A time in TSC ticks.</summary>
    internal double Ticks(TimeSpan span) => span.TotalMilliseconds * TscKHz;

    /// <summary>Ticks from a request to its effect: what the governor's own option says, else the host.</summary>
    internal double LatencyTicks(TimeSpan? option) => option is TimeSpan span ? Ticks(span) : PStates.TransitionLatencyNs * (double)TscKHz / 1e6;

    /// <summary>Round trip of a call in TSC ticks: what the governor's own option says, else what was measured, else a little more than an exit to the host's user space takes.</summary>
    internal double CallTicks(TimeSpan? option) => Ticks(option ?? CallTime ?? FirstCalls.Short);

    /// <summary>Highest arrival rate in packets per tick: what the governor's own option says in packets per second, else the application; 0 when neither does.</summary>
    internal double PeakRate(double option) => (option > 0 ? option : PeakPacketsPerSecond) / 1000 / TscKHz;
}
