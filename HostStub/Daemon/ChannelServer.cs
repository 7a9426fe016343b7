using PollScale.Clock;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.Native;

namespace PollScale.HostStub.Daemon;

/// <summary>
/// Serves guest channels on one thread that sleeps until one has something to say (epoll). Channels take turns: each event serves a bounded
/// number of packets, so that a flood delays nobody by more than that. Reads and writes never block. Allocates nothing per packet.
/// </summary>
internal sealed partial class ChannelServer : IDisposable
{
    private const int EventsPerWait = 64;
    private const int WakeKey = int.MaxValue;

    private readonly EventPoll _poll = new(EventsPerWait);
    private readonly WakeEvent _wake = new();
    private readonly TimeSpan? _beatEvery;
    private readonly Action? _beat;
    private volatile ServedChannel[] _channels;
    private (bool Readable, bool Writable)[] _waits;
    private volatile bool _stop;
    private volatile bool _ended;
    private Deadline _nextCheck = Deadline.Never;
    private Deadline _nextBeat = Deadline.Never;

    /// <summary>Prepares all channels: sockets to listen on and ptys exist afterwards.</summary>
    /// <param name="bindings">What to serve.</param>
    /// <param name="beatEvery">How often <paramref name="beat"/> is called while the thread works; null for never.</param>
    /// <param name="beat">Called on the server's thread.</param>
    /// <exception cref="ChannelException">A channel cannot be made, or two are for one vCPU.</exception>
    public ChannelServer(IReadOnlyList<ChannelBinding> bindings, TimeSpan? beatEvery = null, Action? beat = null)
    {
        Dictionary<string, GuestVcpus> guests = GuestVcpus.Of(bindings);
        _channels = [.. bindings.Select(binding => new ServedChannel(binding, guests[binding.GuestName], Latency))];
        _waits = new (bool, bool)[_channels.Length];
        _beatEvery = beatEvery;
        _beat = beat;
        try
        {
            _poll.Add(_wake.Descriptor, WakeKey);
            for (int i = 0; i < _channels.Length; i++)
            {
                _channels[i].Prepare();
                if (_channels[i].Binding.Endpoint.Listener is StreamDescriptor listener)
                {
                    _poll.Add(listener, ListenerKey(i));
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The channels, in the order given; another list after an update.</summary>
    public IReadOnlyList<ServedChannel> Channels => _channels;

    /// <summary>Service latency of all channels together, in ns.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Serves until <see cref="Stop"/>.</summary>
    public void Run()
    {
        try
        {
            Serve();
        }
        finally
        {
            _ended = true;
        }
    }

    /// <summary>Ends <see cref="Run"/>; from any thread.</summary>
    public void Stop()
    {
        _stop = true;
        _wake.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ServedChannel channel in _channels)
        {
            channel.Dispose();
        }

        _poll.Dispose();
        _wake.Dispose();
    }

    private static int StreamKey(int channel) => channel * 2;

    private static int ListenerKey(int channel) => (channel * 2) + 1;

    private int Sleep(long now) => Deadline.First(_nextCheck, _nextBeat).Wait(now);

    private void Serve()
    {
        WarmUp.Run();
        long now = Deadline.Now;
        _nextBeat = _beat is null ? Deadline.Never : Deadline.After(now, 0);
        for (int i = 0; i < _channels.Length; i++)
        {
            if (_channels[i].Binding.Endpoint.Listener is null)
            {
                Open(i, now);
            }
        }

        while (!_stop)
        {
            if (Interlocked.Exchange(ref _update, null) is ChannelUpdate update)
            {
                Apply(update, Deadline.Now);
            }

            now = DoWhatIsDue(Deadline.Now);
            int ready = _poll.Wait(Sleep(now));
            ulong woken = TscClock.Now;
            now = Deadline.Now;
            for (int i = 0; i < ready; i++)
            {
                Handle(_poll.Key(i), _poll.Readable(i), _poll.Writable(i), woken, now);
            }
        }
    }

    private void Handle(int key, bool readable, bool writable, ulong woken, long now)
    {
        if (key == WakeKey)
        {
            _wake.Clear();
            return;
        }

        int index = key / 2;
        ServedChannel channel = _channels[index];
        if (key == ListenerKey(index))
        {
            if (channel.Stream is null)
            {
                Open(index, now);
            }
            else
            {
                channel.RefusePeer();
            }
        }
        else if (channel.Stream is not null) // it may have ended earlier in this round
        {
            bool alive = (!readable || channel.Serve(woken, now)) && (!writable || channel.Flush());
            After(index, alive, now);
        }
    }

    private void Open(int index, long now)
    {
        ServedChannel channel = _channels[index];
        if (channel.TryOpen(now))
        {
            try
            {
                _waits[index] = (true, false);
                _poll.Add(channel.Stream!, StreamKey(index));
            }
            catch (System.ComponentModel.Win32Exception)
            {
                channel.Close(now); // a path that became a regular file, say
            }
        }

        _nextCheck = Deadline.First(_nextCheck, channel.Due);
    }

    private void After(int index, bool alive, long now)
    {
        ServedChannel channel = _channels[index];
        if (!alive)
        {
            channel.Close(now);
        }
        else if (_waits[index] != (!channel.IsPaused, channel.WantsRoom))
        {
            _waits[index] = (!channel.IsPaused, channel.WantsRoom);
            _poll.Change(channel.Stream!, StreamKey(index), !channel.IsPaused, channel.WantsRoom);
        }

        _nextCheck = Deadline.First(_nextCheck, channel.Due);
    }

    private long DoWhatIsDue(long now)
    {
        if (_nextBeat.IsDue(now))
        {
            _beat!();
            _nextBeat = Deadline.After(now, _beatEvery);
        }

        if (!_nextCheck.IsDue(now))
        {
            return now;
        }

        _nextCheck = Deadline.Never;
        for (int i = 0; i < _channels.Length; i++)
        {
            ServedChannel channel = _channels[i];
            if (channel.Due.IsDue(now) && channel.Stream is not null)
            {
                channel.TimeOut(now);
                After(i, alive: true, now);
            }
            else if (channel.Due.IsDue(now))
            {
                Open(i, now);
            }

            _nextCheck = Deadline.First(_nextCheck, channel.Due);
        }

        return now;
    }
}
