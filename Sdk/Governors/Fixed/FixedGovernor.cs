using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>Holds one P-state, whatever the queue does: a baseline to compare with.</summary>
public sealed class FixedGovernor : IGovernor
{
    private FixedGovernor(int pState) => PState = pState;

    /// <summary>Index held.</summary>
    public int PState { get; }

    /// <summary>Holds the fastest P-state that policy allows.</summary>
    public static FixedGovernor Max(PStateTable pStates) => new(pStates.FastestAllowed);

    /// <summary>Holds the slowest P-state that policy allows.</summary>
    public static FixedGovernor Min(PStateTable pStates) => new(pStates.SlowestAllowed);

    /// <summary>Holds one index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table has no such index.</exception>
    public static FixedGovernor At(PStateTable pStates, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, pStates.Count);
        return new FixedGovernor(index);
    }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample) => new(PState);
}
