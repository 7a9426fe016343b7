namespace PollScale.HostStub.Audit;

/// <summary>A bounded queue from the vCPU threads to the log's thread. Adding allocates nothing, takes a spin lock for one copy, and never waits for room.</summary>
internal sealed class AuditQueue(int capacity)
{
    private readonly AuditEntry[] _entries = new AuditEntry[capacity];
    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private int _first;
    private int _count;
    private ulong _dropped;

    /// <summary>Adds an entry; counts it as dropped when there is no room.</summary>
    public void Add(in AuditEntry entry)
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            if (_count == _entries.Length)
            {
                _dropped += entry.Record.Count;
                return;
            }

            _entries[(_first + _count++) % _entries.Length] = entry;
        }
        finally
        {
            Exit(taken);
        }
    }

    /// <summary>Takes the oldest entry.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryTake(out AuditEntry entry)
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            entry = _count > 0 ? _entries[_first] : default;
            if (_count == 0)
            {
                return false;
            }

            _entries[_first] = default;
            _first = (_first + 1) % _entries.Length;
            _count--;
            return true;
        }
        finally
        {
            Exit(taken);
        }
    }

    /// <summary>Decisions dropped since the last look.</summary>
    public ulong TakeDropped()
    {
        bool taken = false;
        try
        {
            _lock.Enter(ref taken);
            ulong dropped = _dropped;
            _dropped = 0;
            return dropped;
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
