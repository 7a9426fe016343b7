using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>What each P-state serves, in packets per tick, by the costs learned.</summary>
/// <param name="cost">The costs.</param>
/// <param name="pStates">The table.</param>
/// <param name="tscKHz">TSC frequency.</param>
internal readonly struct ServiceRates(ServiceCostEstimator cost, PStateTable pStates, double tscKHz)
{
    /// <summary>Full bursts of this P-state.</summary>
    public double this[int pState] => cost.ServiceRate(TicksPerCycle(pState));

    /// <summary>The same at least: what one may rely on.</summary>
    public double Safe(int pState) => cost.SafeServiceRate(TicksPerCycle(pState));

    /// <summary>The same at most.</summary>
    public double Possible(int pState) => cost.PossibleServiceRate(TicksPerCycle(pState));

    /// <summary>Ticks of a cycle at a P-state.</summary>
    public double TicksPerCycle(int pState) => tscKHz / pStates[pState];

    /// <summary>The slowest allowed P-state that serves the rate, else the fastest.</summary>
    public int SlowestServing(double rate)
    {
        int index = pStates.SlowestAllowed;
        while (index > pStates.FastestAllowed && !(this[index] >= rate))
        {
            index--;
        }

        return index;
    }

    /// <summary>The same by what is certain: a P-state that was hardly ever seen may serve less than it seems to.</summary>
    public int SlowestSafelyServing(double rate)
    {
        int index = pStates.SlowestAllowed;
        while (index > pStates.FastestAllowed && !(Safe(index) >= rate))
        {
            index--;
        }

        return index;
    }
}
