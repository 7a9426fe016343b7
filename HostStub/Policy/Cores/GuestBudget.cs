namespace PollScale.HostStub.Policy.Cores;

/// <summary>The request budget that all vCPUs of a guest share; any thread may pay.</summary>
internal sealed class GuestBudget(int callsPerSecond, int burst, double tscHz)
{
    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private RequestBudget _budget = new(callsPerSecond, burst, tscHz);

    /// <summary>Pays for one call; false when the budget is spent.</summary>
    public bool TryPay(ulong tsc)
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            return _budget.TryPay(tsc);
        }
        finally
        {
            Exit(taken);
        }
    }

    /// <summary>Changes its size; calls owed stay owed.</summary>
    public void Resize(int rate, int atOnce, ulong tsc)
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            _budget = _budget.Resize(rate, atOnce, tscHz, tsc);
        }
        finally
        {
            Exit(taken);
        }
    }

    private void Exit(bool taken)
    {
        if (taken)
        {
            _lock.Exit(useMemoryBarrier: true);
        }
    }
}
