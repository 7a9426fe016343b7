using PollScale.Placement;

namespace PollScale.HostStub.Daemon;

/// <summary>Writes what it is offered on a thread of its own, for where it goes may take nothing for any time: a pipe that nobody reads, a terminal on hold, a full disk.</summary>
internal sealed class Outlet<T>
{
    private readonly object _gate = new();
    private readonly Queue<T> _items = [];
    private readonly int _most;
    private readonly Action<T> _write;
    private readonly Action<Exception> _broken;
    private readonly HostThread _thread;
    private long _writingSince;
    private bool _closed;

    /// <summary>Starts its thread.</summary>
    /// <param name="name">Name of the thread.</param>
    /// <param name="most">Items held; more are dropped.</param>
    /// <param name="write">Writes one.</param>
    /// <param name="broken">Takes what writing threw, once; nothing is written after it.</param>
    public Outlet(string name, int most, Action<T> write, Action<Exception> broken)
    {
        (_most, _write, _broken) = (most, write, broken);
        _thread = new HostThread(name, Run, Break);
        _thread.Start();
    }

    /// <summary>How long the present write has taken, in ms; 0 when none is under way.</summary>
    public long BlockedMs => Volatile.Read(ref _writingSince) is > 0 and long since ? Deadline.Now - since : 0;

    /// <summary>Takes an item, and never waits.</summary>
    /// <returns>False when it is dropped.</returns>
    public bool Offer(T item)
    {
        lock (_gate)
        {
            if (_closed || _items.Count >= _most)
            {
                return false;
            }

            _items.Enqueue(item);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes no more, and waits until all is written.</summary>
    /// <returns>False when it is not after <paramref name="patience"/>.</returns>
    public bool Finish(TimeSpan patience)
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        return _thread.Join(patience);
    }

    private void Run()
    {
        while (TryTake(out T? item))
        {
            Volatile.Write(ref _writingSince, Deadline.Now);
            try
            {
                _write(item!);
            }
            finally
            {
                Volatile.Write(ref _writingSince, 0);
            }
        }
    }

    private void Break(Exception e)
    {
        lock (_gate)
        {
            _closed = true;
            _items.Clear();
        }

        _broken(e);
    }

    private bool TryTake(out T? item)
    {
        lock (_gate)
        {
            while (_items.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            return _items.TryDequeue(out item);
        }
    }
}
