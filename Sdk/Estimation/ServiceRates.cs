using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>What each P-state serves, in packets per tick, by the costs learned: a table whose entries are worked out again when they are asked for after costs changed.</summary>
internal sealed class ServiceRates
{
    private readonly ServiceCostEstimator _cost;
    private readonly PStateTable _pStates;
    private readonly UsefulPStates _useful;
    private readonly Entry[] _entries;
    private int _serving, _safelyServing;

    /// <param name="cost">The costs.</param>
    /// <param name="pStates">The table.</param>
    /// <param name="tscKHz">TSC frequency.</param>
    /// <param name="watts">Power of each P-state; null where it is not known.</param>
    public ServiceRates(ServiceCostEstimator cost, PStateTable pStates, double tscKHz, IReadOnlyList<double>? watts = null)
    {
        _useful = new UsefulPStates(pStates, watts);
        _cost = cost;
        _pStates = pStates;
        _entries = new Entry[pStates.Count];
        for (int i = 0; i < _entries.Length; i++)
        {
            _entries[i].TicksPerCycle = tscKHz / pStates[i];
        }

        _serving = _safelyServing = pStates.FastestAllowed;
    }

    /// <summary>Raised whenever rates may have changed.</summary>
    public int Version => _cost.Version;

    /// <summary>See <see cref="ServiceCostEstimator.TakenWithin"/>.</summary>
    public double TakenWithin(double bound) => _cost.TakenWithin(bound);

    /// <summary>Full bursts of this P-state.</summary>
    public double this[int pState] => Known(pState).Rate;

    /// <summary>The same at least: what one may rely on.</summary>
    public double Safe(int pState) => Known(pState).Safe;

    /// <summary>The same at most.</summary>
    public double Possible(int pState) => Known(pState).Possible;

    /// <summary>Ticks of a cycle at a P-state.</summary>
    public double TicksPerCycle(int pState) => _entries[pState].TicksPerCycle;

    /// <summary>The next slower P-state that is worth asking for, else the slowest.</summary>
    public int Slower(int pState) => _useful.Slower(pState);

    /// <summary>The slowest allowed P-state that serves the rate, else the fastest.</summary>
    public int SlowestServing(double rate)
    {
        // Rates fall with the index; where the last answer was is where the next is near.
        int index = _serving;
        while (index < _pStates.SlowestAllowed && this[_useful.Slower(index)] >= rate)
        {
            index = _useful.Slower(index);
        }

        while (index > _pStates.FastestAllowed && !(this[index] >= rate))
        {
            index = _useful.Faster(index);
        }

        return _serving = index;
    }

    /// <summary>The same by what is certain: a P-state that was hardly ever seen may serve less than it seems to.</summary>
    public int SlowestSafelyServing(double rate)
    {
        int index = _safelyServing;
        while (index < _pStates.SlowestAllowed && Safe(_useful.Slower(index)) >= rate)
        {
            index = _useful.Slower(index);
        }

        while (index > _pStates.FastestAllowed && !(Safe(index) >= rate))
        {
            index = _useful.Faster(index);
        }

        return _safelyServing = index;
    }

    private ref readonly Entry Known(int pState)
    {
        ref Entry entry = ref _entries[pState];
        if (entry.Version != _cost.Version)
        {
            entry.Version = _cost.Version;
            (entry.Rate, entry.Safe, entry.Possible) = _cost.Rates(entry.TicksPerCycle);
        }

        return ref entry;
    }

    private struct Entry
    {
        public double TicksPerCycle, Rate, Safe, Possible;
        public int Version;
    }
}
