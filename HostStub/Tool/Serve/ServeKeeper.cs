using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Serve;

/// <summary>The thread that reads the configuration again and tries what failed: it may wait for files, and nothing waits for it.</summary>
/// <param name="plan">What is served.</param>
/// <param name="servers">The servers.</param>
/// <param name="reloading">Called before a reload.</param>
/// <param name="reloaded">Called with what it came to.</param>
internal sealed class ServeKeeper(IServePlan plan, Servers servers, Action reloading, Action<ReloadOutcome> reloaded)
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);
    private readonly object _gate = new();
    private readonly Queue<Action> _work = [];
    private volatile string? _refused;
    private volatile int _reloads;
    private long _reloadingSince;
    private bool _wanted;
    private bool _stop;

    /// <summary>How long the present reload has taken, in ms; 0 when none is under way.</summary>
    public long ReloadingMs => Volatile.Read(ref _reloadingSince) is > 0 and long since ? Deadline.Now - since : 0;

    /// <summary>Why the last reload was refused; null where it was not.</summary>
    public string? Refused => _refused;

    /// <summary>Reloads done so far.</summary>
    public int Reloads => _reloads;

    /// <summary>Has something done between two reloads. What is still waited for at the end is not done.</summary>
    public void Do(Action work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Asks for a reload; one that was asked for while another ran comes after it.</summary>
    public void Reload()
    {
        lock (_gate)
        {
            _wanted = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Ends <see cref="Run"/> when it comes back.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Keeps until <see cref="Stop"/>.</summary>
    public void Run()
    {
        while (Next() is bool reload)
        {
            if (!reload)
            {
                Work();
                plan.Keep(servers);
                continue;
            }

            Volatile.Write(ref _reloadingSince, Deadline.Now);
            reloading();
            ReloadOutcome outcome = plan.Reload(servers);
            Volatile.Write(ref _reloadingSince, 0);
            _refused = outcome.IsInForce ? null : outcome.Message;
            _reloads++;
            if (!IsStopping())
            {
                reloaded(outcome); // one that the end overtook has nothing to tell
            }
        }
    }

    private void Work()
    {
        while (true)
        {
            Action? work;
            lock (_gate)
            {
                if (_stop || !_work.TryDequeue(out work))
                {
                    return;
                }
            }

            work();
        }
    }

    private bool IsStopping()
    {
        lock (_gate)
        {
            return _stop;
        }
    }

    // Null at the end; true for a reload, false when it is time to look at what failed.
    private bool? Next()
    {
        lock (_gate)
        {
            if (!_wanted && !_stop && _work.Count == 0)
            {
                Monitor.Wait(_gate, s_every);
            }

            bool wanted = _wanted;
            _wanted = false;
            return _stop ? null : wanted;
        }
    }
}
