namespace PollScale.HostStub.Guest.Signals;

/// <summary>Signal state of one guest thread. Any thread may post; the rest belongs to its own thread.</summary>
internal sealed class ThreadSignals
{
    /// <summary>Frames a handler may nest before the oldest saved extended state is forgotten.</summary>
    private const int MaxNesting = 16;

    private const ulong Unblockable = 1UL << (SignalInfo.SIGKILL - 1) | 1UL << (SignalInfo.SIGSTOP - 1);
    private readonly Lock _lock = new();
    private readonly LinkedList<byte[]> _savedXsave = new();
    private readonly Dictionary<int, SignalInfo> _info = [];
    private ulong _pending;
    private ulong _blocked;

    /// <summary>Blocked signals, bit n-1 for signal n.</summary>
    public ulong Blocked
    {
        get => _blocked;
        set => _blocked = value & ~Unblockable;
    }

    /// <summary>Alternate stack, disabled at first.</summary>
    public SignalStack AlternateStack { get; set; } = new() { Flags = SignalStack.SS_DISABLE };

    /// <summary>True when a signal waits that is not blocked.</summary>
    public bool HasDeliverable => (Volatile.Read(ref _pending) & ~_blocked) != 0;

    /// <summary>True when a signal number is blocked.</summary>
    public bool Blocks(int number) => (_blocked >> (number - 1) & 1) != 0;

    /// <summary>Pending signals, bit n-1 for signal n.</summary>
    public ulong Pending => Volatile.Read(ref _pending);

    /// <summary>Makes a signal pending; one of a number is kept.</summary>
    public void Post(SignalInfo signal)
    {
        lock (_lock)
        {
            _info.TryAdd(signal.Number, signal);
            Volatile.Write(ref _pending, _pending | 1UL << (signal.Number - 1));
        }
    }

    /// <summary>Takes the lowest deliverable signal.</summary>
    public bool TryTake(out SignalInfo signal)
    {
        lock (_lock)
        {
            ulong ready = _pending & ~_blocked;
            if (ready == 0)
            {
                signal = default;
                return false;
            }

            int number = System.Numerics.BitOperations.TrailingZeroCount(ready) + 1;
            Volatile.Write(ref _pending, _pending & ~(1UL << (number - 1)));
            return _info.Remove(number, out signal);
        }
    }

    /// <summary>Keeps the interrupted code's extended state until its handler returns.</summary>
    public void PushXsave(byte[] state)
    {
        _savedXsave.AddLast(state);
        if (_savedXsave.Count > MaxNesting)
        {
            _savedXsave.RemoveFirst();
        }
    }

    /// <summary>The state kept last.</summary>
    public bool TryPopXsave(out byte[] state)
    {
        state = _savedXsave.Last?.Value ?? [];
        if (_savedXsave.Count == 0)
        {
            return false;
        }

        _savedXsave.RemoveLast();
        return true;
    }
}
