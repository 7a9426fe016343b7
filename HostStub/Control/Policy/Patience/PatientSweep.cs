using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using PollScale.Placement;

namespace PollScale.HostStub.Policy.Patience;

/// <summary>
/// Does work on items one after the other on a thread of its own. Work may hang for ever, in a file of somebody else's: then its thread is
/// left behind and another goes on with the rest. An item that hangs is not begun again before its work has ended, so there are never more
/// threads than items.
/// </summary>
/// <param name="name">Name of its threads.</param>
/// <param name="patience">How long one item may take.</param>
internal sealed class PatientSweep<T>(string name, TimeSpan patience) where T : notnull
{
    private const int LookMs = 50;
    private readonly ConcurrentDictionary<T, byte> _hanging = [];

    /// <summary>Works on all items that do not hang since before.</summary>
    /// <param name="items">The items, each once.</param>
    /// <param name="work">The work; it may go on after this has returned.</param>
    /// <param name="ended">No further item is begun once it is cancelled.</param>
    /// <returns>Items whose work has not ended; those not begun are not among them.</returns>
    public IReadOnlyList<T> Run(IEnumerable<T> items, Action<T> work, CancellationToken ended = default)
    {
        List<T> hung = [];
        Queue<T> left = [];
        foreach (T item in items)
        {
            if (_hanging.ContainsKey(item))
            {
                hung.Add(item);
            }
            else
            {
                left.Enqueue(item);
            }
        }

        while (left.Count > 0 && !ended.IsCancellationRequested)
        {
            Turn turn = new(left, work, _hanging);
            new HostThread(name, turn.Run, stackBytes: Threads.SmallStack).Start();
            if (turn.WaitWhileItMoves((long)patience.TotalMilliseconds, ended, out T? stuck))
            {
                break;
            }

            hung.Add(stuck!);
        }

        return hung;
    }

    /// <summary>One thread's part. Its lock guards the queue, which the next thread takes over.</summary>
    private sealed class Turn(Queue<T> left, Action<T> work, ConcurrentDictionary<T, byte> hanging)
    {
        private readonly object _gate = new();
        private T? _item;
        private long _begun;
        private bool _working;
        private bool _leftBehind;
        private bool _done;
        private ExceptionDispatchInfo? _failure;

        public void Run()
        {
            while (TryBegin(out T? item))
            {
                try
                {
                    work(item);
                }
                catch (Exception e)
                {
                    _failure = ExceptionDispatchInfo.Capture(e); // of this process; the one who sweeps has it
                }
                finally
                {
                    End(item);
                }
            }

            lock (_gate)
            {
                _done = true;
                Monitor.Pulse(_gate);
            }
        }

        /// <returns>False when it was left behind on <paramref name="stuck"/>.</returns>
        public bool WaitWhileItMoves(long patienceMs, CancellationToken ended, out T? stuck)
        {
            stuck = default;
            lock (_gate)
            {
                while (!_done)
                {
                    Monitor.Wait(_gate, LookMs);
                    if (!_done && _working && Environment.TickCount64 - _begun > patienceMs)
                    {
                        stuck = _item;
                        _leftBehind = true;
                        hanging.TryAdd(_item!, 0);
                        return false;
                    }

                    if (ended.IsCancellationRequested)
                    {
                        left.Clear(); // what is begun still has its patience
                    }
                }
            }

            _failure?.Throw();
            return true;
        }

        private bool TryBegin([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? item)
        {
            lock (_gate)
            {
                item = default;
                if (_leftBehind || _failure is not null || !left.TryDequeue(out item))
                {
                    return false;
                }

                (_item, _begun, _working) = (item, Environment.TickCount64, true);
                return true;
            }
        }

        private void End(T item)
        {
            lock (_gate)
            {
                _working = false;
                if (_leftBehind)
                {
                    hanging.TryRemove(item, out _);
                }
            }
        }
    }
}
