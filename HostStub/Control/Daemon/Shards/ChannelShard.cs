using System.Collections.Concurrent;
using System.ComponentModel;
using PollScale.Clock;
using PollScale.Placement;
using PollScale.HostStub.Policy.Patience;
using PollScale.Native;
using PollScale.Telemetry;

namespace PollScale.HostStub.Daemon.Shards;

/// <summary>
/// Serves some channels on one thread that sleeps until one has something to say (epoll). Channels take turns: each event serves a bounded
/// number of packets, so that a flood delays nobody by more than that. Reads and writes never block; what a channel's service does may, and
/// then only the channels of this shard wait. Allocates nothing per packet.
/// </summary>
internal sealed partial class ChannelShard : IDisposable
{
    /// <summary>Time between two ticks, in ms: on a machine of 128 cores they are most of what an idle daemon costs.</summary>
    public const int TickMs = 250;

    private const int EventsPerWait = 64;
    private const int WakeKey = int.MaxValue;

    private readonly EventPoll _poll = new(EventsPerWait);
    private readonly WakeEvent _wake = new();
    private readonly ConcurrentQueue<Action<long>> _commands = [];
    private readonly Action<ulong>? _tick;
    private readonly HostThread _thread;
    private readonly List<Slot?> _slots = [];
    private readonly int[] _late = new int[EventsPerWait];
    private Deadline _nextCheck = Deadline.Never;
    private Deadline _nextTick = Deadline.Never;
    private long _awakeSince;
    private volatile bool _stop;

    /// <summary>Makes a shard; nothing is served before <see cref="Start"/>.</summary>
    /// <param name="key">Its number.</param>
    /// <param name="name">Name of its thread.</param>
    /// <param name="latency">Takes its channels' service latencies; of this shard alone.</param>
    /// <param name="tick">Called on its thread every <see cref="TickMs"/> with the TSC; null for never.</param>
    /// <param name="failed">Takes what ended the thread, should anything.</param>
    /// <exception cref="Win32Exception">No descriptor is left for it.</exception>
    public ChannelShard(int key, string name, LatencyHistogram latency, Action<ulong>? tick, Action<Exception> failed)
    {
        Key = key;
        Latency = latency;
        _tick = tick;
        _thread = new HostThread(name, Serve, failed, Threads.SmallStack);
        _poll.Add(_wake.Descriptor, WakeKey);
    }

    /// <summary>Its number.</summary>
    public int Key { get; }

    /// <summary>Name of its thread.</summary>
    public string Name => _thread.Name;

    /// <summary>Service latency of its channels, in ns.</summary>
    public LatencyHistogram Latency { get; }

    /// <summary>How long its thread has been at work without a pause, in ms; one that sleeps has 0.</summary>
    public long AwakeMs => Volatile.Read(ref _awakeSince) is > 0 and long since ? Math.Max(0, Deadline.Now - since) : 0;

    /// <summary>False once its thread has ended.</summary>
    public bool IsAlive => _thread.IsAlive;

    /// <summary>Begins to serve.</summary>
    public void Start() => _thread.Start();

    /// <summary>Has something done on its thread, in order and between two waits; before <see cref="Start"/>, with it. From any thread.</summary>
    /// <param name="command">Given the time.</param>
    public void Post(Action<long> command)
    {
        _commands.Enqueue(command);
        _wake.Set();
    }

    /// <summary>Does at once what it does every <see cref="TickMs"/>; on its own thread.</summary>
    public void Tick() => _tick?.Invoke(TscClock.Now);

    /// <summary>Ends the thread; from any thread.</summary>
    public void Stop()
    {
        _stop = true;
        _wake.Set();
    }

    /// <summary>Waits for its end.</summary>
    public bool Join(TimeSpan patience) => !_thread.IsAlive || _thread.Join(patience);

    /// <inheritdoc/>
    public void Dispose()
    {
        _poll.Dispose();
        _wake.Dispose();
    }

    private void Serve()
    {
        _nextTick = _tick is null ? Deadline.Never : Deadline.After(Deadline.Now, 0);
        while (!_stop)
        {
            long now = Deadline.Now;
            while (_commands.TryDequeue(out Action<long>? command))
            {
                command(now);
            }

            DoWhatIsDue(now);
            Volatile.Write(ref _awakeSince, 0);
            int ready = _poll.Wait(Deadline.First(_nextCheck, _nextTick).Wait(Deadline.Now));
            ulong woken = TscClock.Now;
            now = Deadline.Now;
            Volatile.Write(ref _awakeSince, now);
            HandleAll(ready, woken, now);
        }
    }

    // Channels that flood come last: nobody who spoke at the same time waits for them.
    private void HandleAll(int ready, ulong woken, long now)
    {
        int late = 0;
        for (int i = 0; i < ready; i++)
        {
            int key = _poll.Key(i);
            if (key != WakeKey && _slots[key / 2]!.Channel.Floods)
            {
                _late[late++] = i;
                continue;
            }

            Handle(key, _poll.Readable(i), _poll.Writable(i), woken, now);
        }

        foreach (int i in _late.AsSpan(0, late))
        {
            Handle(_poll.Key(i), _poll.Readable(i), _poll.Writable(i), woken, now);
        }
    }

    private void Handle(int key, bool readable, bool writable, ulong woken, long now)
    {
        if (key == WakeKey)
        {
            _wake.Clear();
            return;
        }

        Slot slot = _slots[key / 2]!;
        ServedChannel channel = slot.Channel;
        if (key == slot.ListenerKey)
        {
            if (channel.Stream is null)
            {
                Open(slot, now);
            }
            else
            {
                channel.RefusePeer(now);
                AfterAccept(slot);
            }
        }
        else if (channel.Stream is not null) // it may have ended earlier in this round
        {
            bool alive = (!readable || channel.Serve(woken, now)) && (!writable || channel.Flush());
            After(slot, alive, now);
        }
    }

    private void Open(Slot slot, long now)
    {
        ServedChannel channel = slot.Channel;
        if (channel.TryOpen(now))
        {
            try
            {
                (slot.Readable, slot.Writable) = (true, false);
                _poll.Add(channel.Stream!, slot.StreamKey);
            }
            catch (Win32Exception)
            {
                channel.Close(now); // a path that became a regular file, say
            }
        }

        AfterAccept(slot);
    }

    // A listener that could not be accepted from, for want of descriptors, would wake this thread again and again.
    private void AfterAccept(Slot slot)
    {
        ServedChannel channel = slot.Channel;
        if (channel.Binding.Endpoint.Listener is StreamDescriptor listener && slot.Accepts == channel.AcceptsPause)
        {
            slot.Accepts = !channel.AcceptsPause;
            _poll.Change(listener, slot.ListenerKey, readable: slot.Accepts, writable: false);
        }

        _nextCheck = Deadline.First(_nextCheck, channel.Due);
    }

    private void After(Slot slot, bool alive, long now)
    {
        ServedChannel channel = slot.Channel;
        if (!alive)
        {
            channel.Close(now);
        }
        else if (slot.Readable == channel.IsPaused || slot.Writable != channel.WantsRoom)
        {
            (slot.Readable, slot.Writable) = (!channel.IsPaused, channel.WantsRoom);
            _poll.Change(channel.Stream!, slot.StreamKey, slot.Readable, slot.Writable);
        }

        _nextCheck = Deadline.First(_nextCheck, channel.Due);
    }

    private void DoWhatIsDue(long now)
    {
        if (_nextTick.IsDue(now))
        {
            _nextTick = Deadline.After(now, TickMs);
            Tick();
        }

        if (!_nextCheck.IsDue(now))
        {
            return;
        }

        _nextCheck = Deadline.Never;
        foreach (Slot? slot in _slots)
        {
            if (slot is null)
            {
                continue;
            }

            ServedChannel channel = slot.Channel;
            if (channel.AcceptDue.IsDue(now))
            {
                channel.ResumeAccepting();
                AfterAccept(slot);
            }

            if (channel.Due.IsDue(now))
            {
                if (channel.Stream is not null)
                {
                    channel.TimeOut(now);
                    After(slot, alive: true, now);
                }
                else
                {
                    Open(slot, now);
                }
            }

            _nextCheck = Deadline.First(_nextCheck, channel.Due);
        }
    }
}
