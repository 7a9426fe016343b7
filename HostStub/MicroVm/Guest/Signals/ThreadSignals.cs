namespace PollScale.HostStub.Guest.Signals;

/// <summary>Signal state of one guest thread. Any thread may post; the rest belongs to its own thread.</summary>
/// <param name="shared">Signals sent to its process, which any thread of it may take.</param>
internal sealed class ThreadSignals(PendingSignals shared)
{
    /// <summary>Frames a handler may nest before the oldest saved extended state is forgotten.</summary>
    private const int MaxNesting = 16;

    /// <summary>SIGKILL and SIGSTOP.</summary>
    public const ulong Unblockable = 1UL << (SignalInfo.SIGKILL - 1) | 1UL << (SignalInfo.SIGSTOP - 1);
    private readonly LinkedList<byte[]> _savedXsave = new();
    private readonly PendingSignals _own = new();
    private ulong _blocked;

    /// <summary>Blocked signals, bit n-1 for signal n.</summary>
    public ulong Blocked
    {
        get => _blocked;
        set => _blocked = value & ~Unblockable;
    }

    /// <summary>Alternate stack, disabled at first.</summary>
    public SignalStack AlternateStack { get; set; } = new() { Flags = SignalStack.SS_DISABLE };

    /// <summary>The mask to come back to, while a call such as ppoll has put another in its place; else null.</summary>
    public ulong? SavedMask { get; private set; }

    /// <summary>Signals that sigtimedwait takes, blocked or not, while it waits; else 0.</summary>
    public ulong Awaited { get; set; }

    /// <summary>True when a signal waits that is not blocked.</summary>
    public bool HasDeliverable => (Pending & ~_blocked) != 0;

    /// <summary>True when a signal number is blocked.</summary>
    public bool Blocks(int number) => (_blocked >> (number - 1) & 1) != 0;

    /// <summary>True when the thread takes a signal number now: by a handler, or in sigtimedwait.</summary>
    public bool Wants(int number) => ((~_blocked | Awaited) >> (number - 1) & 1) != 0;

    /// <summary>Pending signals, bit n-1 for signal n, its process's among them.</summary>
    public ulong Pending => _own.Set | shared.Set;

    /// <summary>Makes a signal pending; one of a number is kept.</summary>
    public bool Post(SignalInfo signal) => _own.Post(signal);

    /// <summary>Takes the lowest deliverable signal, its own before its process's.</summary>
    public bool TryTake(out SignalInfo signal) => TryTake(~_blocked, out signal);

    /// <summary>Takes the lowest signal in <paramref name="wanted"/>.</summary>
    public bool TryTake(ulong wanted, out SignalInfo signal)
    {
        bool taken = _own.TryTake(wanted, out signal) || shared.TryTake(wanted, out signal);
        signal.Timer?.Taken();
        return taken;
    }

    /// <summary>Puts a mask in place until the call ends: a handler that interrupts it goes back to the one before.</summary>
    public void BlockForCall(ulong mask)
    {
        SavedMask ??= _blocked;
        Blocked = mask;
    }

    /// <summary>The mask that a handler's frame shall restore.</summary>
    public ulong TakeMaskToRestore()
    {
        ulong mask = SavedMask ?? _blocked;
        SavedMask = null;
        return mask;
    }

    /// <summary>The call ended: the mask of before is in force, unless a handler's frame has it.</summary>
    public void EndCall()
    {
        if (SavedMask is ulong mask)
        {
            SavedMask = null;
            _blocked = mask;
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
