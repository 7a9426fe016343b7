namespace PollScale.HostStub.Guest.Signals;

/// <summary>A process's signal actions. Thread-safe.</summary>
internal sealed class SignalTable
{
    private readonly Lock _lock = new();
    private readonly SignalAction[] _actions = new SignalAction[65];

    /// <summary>True for a signal number whose action may be set or sent.</summary>
    public static bool IsValid(long number) => number is >= 1 and <= 64;

    public SignalAction this[int number]
    {
        get
        {
            lock (_lock)
            {
                return _actions[number];
            }
        }

        set
        {
            lock (_lock)
            {
                _actions[number] = value;
            }
        }
    }

    /// <summary>A table of its own with the same actions, for a child.</summary>
    public SignalTable Copy()
    {
        SignalTable copy = new();
        lock (_lock)
        {
            _actions.CopyTo(copy._actions, 0);
        }

        return copy;
    }

    /// <summary>CLONE_CLEAR_SIGHAND: handlers become the default, what is ignored stays so.</summary>
    public void ClearHandlers()
    {
        lock (_lock)
        {
            for (int number = 1; number < _actions.Length; number++)
            {
                _actions[number] = _actions[number].Handler == SignalAction.SIG_IGN ? _actions[number] : default;
            }
        }
    }

    /// <summary>True for a signal that has no effect when it is delivered.</summary>
    public bool Ignores(SignalInfo signal) =>
        this[signal.Number].Handler is var handler && (handler == SignalAction.SIG_IGN || (handler == SignalAction.SIG_DFL && signal.IgnoredByDefault));

    /// <summary>The action for a signal about to be delivered; SA_RESETHAND takes effect.</summary>
    public SignalAction Consume(int number)
    {
        lock (_lock)
        {
            SignalAction action = _actions[number];
            if ((action.Flags & SignalAction.SA_RESETHAND) != 0)
            {
                _actions[number] = default;
            }

            return action;
        }
    }
}
