namespace PollScale.Governors;

/// <summary>
/// The backlog up to which no packet can be lost: from there the ring still takes the worst arrivals while a call runs, its effect
/// is awaited and the next decision is due.
/// </summary>
/// <remarks>By <see cref="WorstCase"/>, for a governor that compares backlogs; times are ticks.</remarks>
internal struct LossBound
{
    private readonly double _usableRing;
    private readonly WorstCase _worst;
    private CallTime _call;

    /// <param name="usableRing">Packets the ring may hold.</param>
    /// <param name="worst">What is to be reckoned with; its call counts until one is measured.</param>
    public LossBound(double usableRing, WorstCase worst)
    {
        _usableRing = usableRing;
        _worst = worst;
        _call = new CallTime(worst.Call);
    }

    /// <summary>Round trip of a call.</summary>
    public readonly double CallTicks => _call.Ticks;

    /// <summary>Takes in the round trip of a call; 0 for a sample without one.</summary>
    public void ObserveCall(double ticks) => _call.Observe(ticks);

    /// <summary>Packets by which the backlog grows until a call made now has its effect.</summary>
    /// <param name="rate">Arrivals, packets per tick.</param>
    /// <param name="serviceRate">Packets per tick at the P-state in effect.</param>
    public readonly double Growth(double rate, double serviceRate) => (rate * CallTicks) + (Math.Max(0, rate - serviceRate) * (_worst.Latency + _worst.Period));

    /// <summary>Lowest backlog at which a P-state is no longer safe; may be below 0.</summary>
    /// <param name="peakRate">R, packets per tick.</param>
    /// <param name="serviceRate">Packets per tick at the P-state.</param>
    /// <param name="calls">Calls before help arrives: 1, or 2 when this P-state must be asked for first.</param>
    /// <param name="changes">Changes of speed before help is there: that to the fastest, and all before it.</param>
    public readonly double Limit(double peakRate, double serviceRate, int calls, int changes) =>
        _usableRing - (_worst with { Call = CallTicks }).Growth(peakRate, serviceRate, calls, changes);
}
