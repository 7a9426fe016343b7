namespace PollScale.Simulation.Running;

/// <summary>Requests on their way to their effect, in order.</summary>
internal sealed class TransitionQueue
{
    private Transition[] _entries = new Transition[1024];
    private int _head;
    private int _count;

    /// <summary>Time of the next effect; <see cref="long.MaxValue"/> when there is none.</summary>
    public long Next { get; private set; } = long.MaxValue;

    /// <summary>Adds a request; it takes the place of an earlier one with the same time of effect.</summary>
    /// <returns>The request that it replaces, if any.</returns>
    public Transition? Add(Transition added)
    {
        int mask = _entries.Length - 1;
        Transition? replaced = null;
        if (_count > 0)
        {
            ref Transition last = ref _entries[(_head + _count - 1) & mask];
            added = added with { EffectAt = Math.Max(added.EffectAt, last.EffectAt) };
            if (added.EffectAt == last.EffectAt)
            {
                replaced = last;
                last = added;
                return replaced;
            }
        }

        if (_count == _entries.Length)
        {
            Grow();
            mask = _entries.Length - 1;
        }

        _entries[(_head + _count++) & mask] = added;
        Next = _entries[_head].EffectAt;
        return replaced;
    }

    /// <summary>Takes the next request out.</summary>
    public Transition Take()
    {
        Transition next = _entries[_head];
        _head = (_head + 1) & (_entries.Length - 1);
        _count--;
        Next = _count > 0 ? _entries[_head].EffectAt : long.MaxValue;
        return next;
    }

    private void Grow()
    {
        Transition[] larger = new Transition[_entries.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = _entries[(_head + i) & (_entries.Length - 1)];
        }

        _entries = larger;
        _head = 0;
    }
}
