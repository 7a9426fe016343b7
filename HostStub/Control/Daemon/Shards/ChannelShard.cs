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
    private const int WakeKey = int.MaxValue, TimerKey = int.MaxValue - 1;

    private readonly EventPoll _poll = new(EventsPerWait);
    private readonly WakeEvent _wake = new();
    private readonly TimerEvent _timer = new();
    private readonly ConcurrentQueue<Action<long>> _commands = [];
    private readonly Action<ulong>? _tick;
    private readonly HostThread _thread;
    private readonly List<Slot?> _slots = [];
    private readonly int[] _late = new int[EventsPerWait];
    private Deadline _nextCheck = Deadline.Never;
    private Deadline _nextTick = Deadline.Never;
    private Deadline _timerSet = Deadline.Never;
    private ulong _awakeSince;
    private long _now;
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
        _poll.Add(_timer.Descriptor, TimerKey);
    }

    /// <summary>Its number.</summary>
    public int Key { get; }

    /// <summary>Name of its thread.</summary>
    public string Name => _thread.Name;

    /// <summary>Service latency of its channels, in ns.</summary>
    public LatencyHistogram Latency { get; }

    /// <summary>How long its thread has been at work without a pause, in ms; one that sleeps has 0.</summary>
    public long AwakeMs => Volatile.Read(ref _awakeSince) is > 0 and ulong since && TscClock.Now is ulong now && now > since ? (long)(TscClock.ToMicroseconds(now - since) / 1000) : 0;

    // The time of the present round. The clock may be a system call, which most of what a doorbell brings has no need of.
    private long Now => _now != 0 ? _now : _now = Deadline.Now;

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
    public void Tick()
    {
        ulong now = TscClock.Now;
        _tick?.Invoke(now);
        TickWatches(now);
    }

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
        _timer.Dispose();
    }

    private void Serve()
    {
        _nextTick = _tick is null ? _nextTick : Deadline.After(Deadline.Now, 0);
        for (bool look = true; !_stop; look = HandleAll(ready: Wait(out ulong woken), woken))
        {
            if (look)
            {
                long now = Now;
                while (_commands.TryDequeue(out Action<long>? command))
                {
                    command(now);
                }

                DoWhatIsDue(now);
            }

            SetTimer();
        }
    }

    private int Wait(out ulong woken)
    {
        Volatile.Write(ref _awakeSince, 0);
        bool spins = _spinning.Count > 0;
        if (spins)
        {
            Spin();
        }

        int ready = _poll.Wait(spins ? 0 : -1);
        woken = TscClock.Now;
        Volatile.Write(ref _awakeSince, woken);
        _now = 0;
        return ready;
    }

    // Most of what wakes this thread leaves the time as it is.
    private void SetTimer()
    {
        Deadline next = Deadline.First(_nextCheck, _nextTick);
        if (next != _timerSet)
        {
            _timerSet = next;
            _timer.Set(next.Wait(Deadline.Now));
        }
    }

    // Channels that flood come last: nobody who spoke at the same time waits for them.
    /// <returns>True when something is posted or due.</returns>
    private bool HandleAll(int ready, ulong woken)
    {
        bool look = false;
        int late = 0;
        for (int i = 0; i < ready; i++)
        {
            int key = _poll.Key(i);
            if (key < 0)
            {
                Look(key, woken);
                continue;
            }

            look |= key >= TimerKey;
            if (key < TimerKey && _slots[key / 2]!.Channel.Floods)
            {
                _late[late++] = i;
                continue;
            }

            Handle(key, _poll.Readable(i), _poll.Writable(i), woken, Now);
        }

        foreach (int i in _late.AsSpan(0, late))
        {
            Handle(_poll.Key(i), _poll.Readable(i), _poll.Writable(i), woken, Now);
        }

        return look;
    }

    private void Handle(int key, bool readable, bool writable, ulong woken, long now)
    {
        if (key == WakeKey)
        {
            _wake.Clear();
            return;
        }

        if (key == TimerKey)
        {
            _timer.Clear();
            _timerSet = Deadline.Never; // what it was set for is done or set again below
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
        Resume(now);
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
