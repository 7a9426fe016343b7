using PollScale.Native;

namespace PollScale.HostStub.Audit;

/// <summary>A bounded queue from the vCPU threads to the log's thread. Adding allocates nothing, takes a spin lock for one copy, and never waits for room.</summary>
internal sealed class AuditQueue(int capacity)
{
    private readonly AuditEntry[] _entries = new AuditEntry[capacity];
    private SpinGate _gate;
    private int _first;
    private int _count;
    private ulong _dropped;

    /// <summary>Adds an entry; counts it as dropped when there is no room.</summary>
    public void Add(in AuditEntry entry)
    {
        using (_gate.Enter())
        {
            if (_count == _entries.Length)
            {
                _dropped += entry.Record.Count;
                return;
            }

            _entries[(_first + _count++) % _entries.Length] = entry;
        }
    }

    /// <summary>Takes the oldest entry.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryTake(out AuditEntry entry)
    {
        using (_gate.Enter())
        {
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
    }

    /// <summary>Decisions dropped since the last look.</summary>
    public ulong TakeDropped()
    {
        using (_gate.Enter())
        {
            ulong dropped = _dropped;
            _dropped = 0;
            return dropped;
        }
    }
}
