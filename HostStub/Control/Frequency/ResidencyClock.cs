namespace PollScale.HostStub.Frequency;

/// <summary>Counts the time spent in each P-state. Not thread-safe.</summary>
/// <param name="pStates">Number of P-states.</param>
/// <param name="tsc">TSC now: counting begins here.</param>
internal sealed class ResidencyClock(int pStates, ulong tsc)
{
    private readonly ulong[] _ticks = new ulong[pStates];

    /// <summary>TSC counted up to.</summary>
    public ulong Now { get; private set; } = tsc;

    /// <summary>Counts the time until <paramref name="until"/> for a P-state.</summary>
    public void Charge(int pState, ulong until)
    {
        // Two CPUs read the TSC before they take the lock, so the later to enter may hold the older stamp.
        if (until > Now)
        {
            _ticks[pState] += until - Now;
            Now = until;
        }
    }

    /// <summary>A copy of the counts, TSC ticks.</summary>
    public ulong[] Ticks() => [.. _ticks];
}
