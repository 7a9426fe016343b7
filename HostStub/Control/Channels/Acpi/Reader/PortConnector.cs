using System.Collections.Concurrent;
using PollScale.HostStub.Daemon;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Acpi.Reader;

/// <summary>
/// Connects to debug ports on a thread of its own: a path may lie on a file system that hangs, and the ports that are connected must be drained meanwhile.
/// Tries often, for what a guest's kernel writes before is lost, and the guest then believes what is not so.
/// </summary>
/// <param name="connected">Wakes who takes <see cref="Outcomes"/>.</param>
internal sealed class PortConnector(WakeEvent connected)
{
    /// <summary>Longest wait between two attempts, in ms: QEMU makes its socket long before the guest's kernel has its cpufreq driver.</summary>
    public const int LongestWaitMs = 250;

    private readonly object _gate = new();
    private readonly Dictionary<DebugPort, Attempt> _wanted = [];
    private bool _stop;

    /// <summary>What attempts came to.</summary>
    public ConcurrentQueue<(DebugPort Port, StreamDescriptor? Stream, int Error)> Outcomes { get; } = [];

    /// <summary>Connects a port from now on, until it is.</summary>
    public void Want(DebugPort port)
    {
        lock (_gate)
        {
            _wanted[port] = new Attempt();
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Connects a port no longer; an attempt that is under way may still come back.</summary>
    public void Forget(DebugPort port)
    {
        lock (_gate)
        {
            _wanted.Remove(port);
        }
    }

    /// <summary>Ends <see cref="Run"/>.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Connects until <see cref="Stop"/>.</summary>
    public void Run()
    {
        while (Next() is DebugPort port)
        {
            StreamDescriptor? stream = UnixSocket.TryConnect(port.Path, out int error);
            bool isNews;
            lock (_gate)
            {
                isNews = stream is not null || (_wanted.TryGetValue(port, out Attempt? attempt) && attempt.Tell(error));
                if (stream is not null)
                {
                    _wanted.Remove(port);
                }
            }

            if (isNews)
            {
                Outcomes.Enqueue((port, stream, error));
                connected.Set();
            }
        }
    }

    // Null at the end.
    private DebugPort? Next()
    {
        lock (_gate)
        {
            while (!_stop)
            {
                long now = Deadline.Now;
                Deadline first = Deadline.Never;
                foreach ((DebugPort port, Attempt attempt) in _wanted)
                {
                    if (attempt.Due.IsDue(now))
                    {
                        attempt.Begin(now);
                        return port;
                    }

                    first = Deadline.First(first, attempt.Due);
                }

                Monitor.Wait(_gate, first.Wait(now));
            }

            return null;
        }
    }

    private sealed class Attempt
    {
        private ReconnectDelay _delay;
        private int _told = -1;

        public Deadline Due { get; private set; } = Deadline.After(0, 0);

        public void Begin(long nowMs) => Due = Deadline.After(nowMs, Math.Min(_delay.Next(), LongestWaitMs));

        // Only another reason than the last time is news.
        public bool Tell(int error)
        {
            bool isNews = _told != error;
            _told = error;
            return isNews;
        }
    }
}
