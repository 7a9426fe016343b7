using PollScale.Native;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>The request budget that all vCPUs of a guest share; any thread may pay.</summary>
internal sealed class GuestBudget(int callsPerSecond, int burst, double tscHz)
{
    private SpinGate _gate;
    private RequestBudget _budget = new(callsPerSecond, burst, tscHz);

    /// <summary>Pays for one call; false when the budget is spent.</summary>
    public bool TryPay(ulong tsc)
    {
        using (_gate.Enter())
        {
            return _budget.TryPay(tsc);
        }
    }

    /// <summary>Changes its size; calls owed stay owed.</summary>
    public void Resize(int rate, int atOnce, ulong tsc)
    {
        using (_gate.Enter())
        {
            _budget = _budget.Resize(rate, atOnce, tscHz, tsc);
        }
    }
}
