namespace PollScale.HostStub.Guest;

/// <summary>The guest's children: those that run, and the ends of those nobody waited for yet. Thread-safe.</summary>
internal sealed class ChildTable
{
    /// <summary>Ends that are kept; beyond it the oldest is forgotten, so that a guest that never waits grows nothing.</summary>
    public const int MaxUnreaped = 64;

    private readonly Lock _lock = new();
    private readonly List<ChildProcess> _running = [];
    private readonly List<ChildProcess> _ended = [];

    /// <summary>A child begins.</summary>
    public void Add(ChildProcess child)
    {
        lock (_lock)
        {
            _running.Add(child);
        }
    }

    /// <summary>A child left; its <see cref="ChildProcess.WaitStatus"/> stands.</summary>
    public void Ended(ChildProcess child)
    {
        lock (_lock)
        {
            _running.Remove(child);
            _ended.Add(child);
            if (_ended.Count > MaxUnreaped)
            {
                _ended.RemoveAt(0);
            }
        }
    }

    /// <summary>True for the pid of a child that ended and was not waited for.</summary>
    public bool IsUnreaped(int pid)
    {
        lock (_lock)
        {
            return _ended.Exists(c => c.Pid == pid);
        }
    }

    /// <summary>Takes the end of the child that ended first among those meant.</summary>
    /// <param name="isMeant">Which children are meant.</param>
    /// <param name="ended">The child, or null when none of them ended.</param>
    /// <returns>False when there is no such child at all.</returns>
    public bool TryReap(Predicate<ChildProcess> isMeant, out ChildProcess? ended)
    {
        lock (_lock)
        {
            ended = _ended.Find(isMeant);
            if (ended is not null)
            {
                _ended.Remove(ended);
            }

            return ended is not null || _running.Exists(isMeant);
        }
    }
}
