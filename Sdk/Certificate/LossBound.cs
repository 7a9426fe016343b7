namespace PollScale.Governors;

/// <summary>
/// The backlog up to which no packet can be lost: from there the ring still takes the worst arrivals while a call runs, its effect
/// is awaited and the next decision is due.
/// </summary>
/// <remarks>Arrivals at the peak rate R; nothing is served during a call of C ticks; the P-state's rate is served for the other ticks.</remarks>
internal struct LossBound
{
    private readonly double _usableRing;
    private readonly double _waitTicks;
    private readonly double _burstSize;
    private CallTime _call;

    /// <param name="usableRing">Packets the ring may hold.</param>
    /// <param name="callTicks">Round trip of a call, until measured.</param>
    /// <param name="waitTicks">Transition latency and decision period.</param>
    /// <param name="burstSize">Packets worked off between two polls.</param>
    public LossBound(double usableRing, double callTicks, double waitTicks, int burstSize)
    {
        _usableRing = usableRing;
        _call = new CallTime(callTicks);
        _waitTicks = waitTicks;
        _burstSize = burstSize;
    }

    /// <summary>Round trip of a call.</summary>
    public readonly double CallTicks => _call.Ticks;

    /// <summary>Takes in the round trip of a call; 0 for a sample without one.</summary>
    public void ObserveCall(double ticks) => _call.Observe(ticks);

    /// <summary>Packets by which the backlog grows until a call made now has its effect.</summary>
    /// <param name="rate">Arrivals, packets per tick.</param>
    /// <param name="serviceRate">Packets per tick at the P-state in effect.</param>
    public readonly double Growth(double rate, double serviceRate) => (rate * CallTicks) + (Math.Max(0, rate - serviceRate) * _waitTicks);

    /// <summary>Lowest backlog at which a P-state is no longer safe; may be below 0.</summary>
    /// <param name="peakRate">R, packets per tick.</param>
    /// <param name="serviceRate">Packets per tick at the P-state.</param>
    /// <param name="calls">Calls before help arrives: 1, or 2 when this P-state must be asked for first.</param>
    public readonly double Limit(double peakRate, double serviceRate, int calls)
    {
        double wait = _waitTicks + (_burstSize / serviceRate);
        return _usableRing - (peakRate * CallTicks * calls) - (Math.Max(0, peakRate - serviceRate) * wait);
    }
}
