using PollScale.Governors;

namespace PollScale.HostStub.Timeline;

/// <summary>Finds to each P-state that took effect the decision that asked for it: the newest before it that wanted that P-state.</summary>
/// <param name="patienceTicks">For how long a change waits for its decision, which a guest tells a little later, TSC ticks.</param>
internal sealed class ExplainedChanges(ulong patienceTicks)
{
    // As many as a guest's log holds: older ones explain nothing any more.
    private const int Most = 4096;
    private readonly List<DecisionRecord> _decisions = [];
    private readonly Queue<PStateEffect> _effects = new();

    /// <summary>A P-state took effect.</summary>
    public void Add(PStateEffect effect) => _effects.Enqueue(effect);

    /// <summary>Decisions that a guest told, by their time.</summary>
    public List<DecisionRecord> Decisions => _decisions;

    /// <summary>Takes the next change that is explained, or has waited long enough.</summary>
    /// <param name="tsc">TSC now; the greatest there is for what waits no longer.</param>
    /// <param name="effect">The change.</param>
    /// <param name="why">The decision; null for none.</param>
    public bool TryTake(ulong tsc, out PStateEffect effect, out DecisionRecord? why)
    {
        why = null;
        if (!_effects.TryPeek(out effect))
        {
            if (_decisions.Count > Most)
            {
                _decisions.RemoveRange(0, _decisions.Count - Most);
            }

            return false;
        }

        (ulong at, int to) = (effect.Tsc, effect.To);
        int found = _decisions.FindLastIndex(decision => decision.Ticks <= at && (decision.After == to || (decision.Posted && decision.Wanted == to)));
        if (found < 0 && tsc - at < patienceTicks)
        {
            return false;
        }

        if (found >= 0)
        {
            why = _decisions[found];
            _decisions.RemoveRange(0, found + 1);
        }

        _effects.Dequeue();
        return true;
    }
}
