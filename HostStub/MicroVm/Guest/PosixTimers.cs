namespace PollScale.HostStub.Guest;

/// <summary>A process's timers of timer_create, by id. Thread-safe.</summary>
internal sealed class PosixTimers
{
    /// <summary>Timers a process may have; then EAGAIN.</summary>
    private const int MaxCount = 64;

    private readonly Lock _lock = new();
    private readonly GuestTimer?[] _timers = new GuestTimer?[MaxCount];

    public GuestTimer? this[ulong id]
    {
        get
        {
            lock (_lock)
            {
                return id < MaxCount ? _timers[id] : null;
            }
        }
    }

    /// <summary>Adds what <paramref name="make"/> gives for the lowest free id.</summary>
    /// <returns>The timer; null when there are too many.</returns>
    public GuestTimer? Add(Func<int, GuestTimer> make)
    {
        lock (_lock)
        {
            int id = Array.IndexOf(_timers, null);
            return id < 0 ? null : _timers[id] = make(id);
        }
    }

    public void Remove(int id)
    {
        lock (_lock)
        {
            _timers[id] = null;
        }
    }
}
