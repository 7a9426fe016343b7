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
