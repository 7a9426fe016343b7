using System.Runtime.ExceptionServices;

namespace PollScale.Placement;

/// <summary>
/// A thread of hoststub's own. What its body throws ends neither the process nor in silence: it is kept, told at once, and thrown to who joins.
/// Every thread of hoststub is one of these, since an exception that leaves a bare <see cref="Thread"/> ends the process and every guest with it.
/// It never keeps the process alive.
/// </summary>
internal sealed class HostThread
{
    private readonly Action _body;
    private readonly Action<Exception>? _failed;
    private readonly Thread _thread;
    private volatile ExceptionDispatchInfo? _failure;

    /// <param name="name">For debuggers and messages; the kernel shows its first 15 bytes.</param>
    /// <param name="body">What it does.</param>
    /// <param name="failed">Told what the body failed with, on this thread, before it ends: who waits for it is woken here.</param>
    /// <param name="stackBytes">Size of its stack; 0 for the system's.</param>
    public HostThread(string name, Action body, Action<Exception>? failed = null, int stackBytes = 0)
    {
        (_body, _failed) = (body, failed);
        _thread = new Thread(Run, stackBytes) { Name = name, IsBackground = true };
    }

    /// <summary>Its name.</summary>
    public string Name => _thread.Name!;

    /// <summary>False before <see cref="Start"/> and after its end.</summary>
    public bool IsAlive => _thread.IsAlive;

    /// <summary>What the body failed with; null so far, or when it ended by itself. From any thread.</summary>
    public Exception? Failure => _failure?.SourceException;

    /// <summary>Starts it; returns at once.</summary>
    /// <exception cref="PlacementException">The system gives this process no more threads.</exception>
    public void Start()
    {
        try
        {
            _thread.Start();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            throw new PlacementException(
                $"The system gives this process no thread for \"{_thread.Name}\". Allow more (ulimit -u, the cgroup's pids.max, systemd's TasksMax), or more memory.");
        }
    }

    /// <summary>Waits for the end. A failure stays in <see cref="Failure"/>.</summary>
    public void Join() => _thread.Join();

    /// <summary>Waits for the end, no longer than <paramref name="timeout"/>.</summary>
    /// <returns>True when it ended.</returns>
    public bool Join(TimeSpan timeout) => _thread.Join(timeout);

    /// <summary>Waits for the end, and throws what the body failed with, as it was thrown.</summary>
    public void JoinOrThrow()
    {
        _thread.Join();
        _failure?.Throw();
    }

    private void Run()
    {
        try
        {
            _body();
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            Tell(e);
        }
    }

    // What cannot be told is still thrown to who joins.
    private void Tell(Exception failure)
    {
        try
        {
            _failed?.Invoke(failure);
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(new AggregateException(failure, e));
        }
    }
}
