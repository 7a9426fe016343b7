namespace PollScale.HostStub.Policy;

/// <summary>
/// Token bucket in TSC ticks, kept as one time stamp (GCRA): exact whole numbers, nothing to refill.
/// Over any window of W ticks it lets at most burst + W / ticks-per-call calls through.
/// </summary>
internal struct RequestBudget
{
    private readonly ulong _ticksPerCall;
    private readonly ulong _tolerance;
    private ulong _paidUntil;

    /// <summary>A full bucket.</summary>
    /// <param name="callsPerSecond">Average rate, at least 1.</param>
    /// <param name="burst">Calls at once, at least 1.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    public RequestBudget(int callsPerSecond, int burst, double tscHz)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(callsPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        _ticksPerCall = Math.Max(1, (ulong)Math.Ceiling(tscHz / callsPerSecond));
        _tolerance = _ticksPerCall * (ulong)(burst - 1);
    }

    /// <summary>Ticks that one call costs.</summary>
    public readonly ulong TicksPerCall => _ticksPerCall;

    /// <summary>How many ticks ahead of the clock calls may have been paid.</summary>
    public readonly ulong Tolerance => _tolerance;

    /// <summary>A bucket of another size with the same calls owed, but never more than it lets come at once.</summary>
    /// <param name="callsPerSecond">Average rate, at least 1.</param>
    /// <param name="burst">Calls at once, at least 1.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    /// <param name="tsc">TSC now.</param>
    public readonly RequestBudget Resize(int callsPerSecond, int burst, double tscHz, ulong tsc)
    {
        RequestBudget next = new(callsPerSecond, burst, tscHz);
        ulong owed = _paidUntil > tsc ? Math.Min((ulong)burst, ((_paidUntil - tsc - 1) / _ticksPerCall) + 1) : 0;
        ulong debt = owed * next._ticksPerCall;
        next._paidUntil = tsc > ulong.MaxValue - debt ? ulong.MaxValue : tsc + debt;
        return next;
    }

    /// <summary>Pays for one call.</summary>
    /// <returns>False when the budget is spent; then nothing was paid.</returns>
    public bool TryPay(ulong tsc)
    {
        if (_paidUntil > tsc && _paidUntil - tsc > _tolerance)
        {
            return false;
        }

        ulong start = Math.Max(_paidUntil, tsc);
        ulong end = start + _ticksPerCall;
        if (end < start)
        {
            return false; // the end of TSC time: refuse rather than wrap to a full bucket
        }

        _paidUntil = end;
        return true;
    }
}
