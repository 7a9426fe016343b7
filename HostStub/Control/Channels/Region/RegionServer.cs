using System.Collections.Concurrent;
using System.ComponentModel;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy.Patience;
using PollScale.Native;
using PollScale.Placement;
using PollScale.Region;

namespace PollScale.HostStub.Channels.Region;

/// <summary>
/// Serves guests' regions: on a thread of its own the sockets that VMs connect to and the heartbeats, on the channels' shards the doorbells. The thread
/// waits for no guest, no file and no shard. Any thread may call what says so.
/// </summary>
internal sealed class RegionServer : IDisposable
{
    /// <summary>Number of the shard that spins on regions that ask for it; there is one while any does.</summary>
    public const int SpinningShard = -1;

    private const int EventsPerWait = 64, WakeKey = -1;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly EventPoll _poll = new(EventsPerWait);
    private readonly WakeEvent _wake = new();
    private readonly ConcurrentQueue<Action> _commands = [];
    private readonly List<RegionChannel?> _channels = [];
    private readonly Dictionary<RegionChannel, bool> _listened = []; // true while there is to be room to write
    private readonly DescriptorStore? _store;
    private readonly ILogger _log;
    private readonly HostThread _thread;
    private volatile ServedVcpu[] _vcpus = [];
    private volatile RegionChannel[] _paths = [];
    private volatile bool _stop;

    /// <summary>Makes all sockets.</summary>
    /// <param name="bindings">What to serve, each guest once.</param>
    /// <param name="shards">The shards that serve the doorbells.</param>
    /// <param name="log">Takes what the operator should know.</param>
    /// <param name="store">Keeps VMs over a restart of this process; null for none.</param>
    /// <param name="failed">Takes what ended the thread, should anything.</param>
    /// <exception cref="ChannelException">A socket cannot be made.</exception>
    public RegionServer(IReadOnlyList<RegionBinding> bindings, ChannelServer shards, ILogger log, DescriptorStore? store, Action<Exception> failed)
    {
        (Shards, _log, _store) = (shards, log, store);
        _thread = new HostThread("regions", Serve, failed, Threads.SmallStack);
        _poll.Add(_wake.Descriptor, WakeKey);
        try
        {
            foreach (RegionBinding binding in bindings)
            {
                Add(binding);
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        store?.DropLeft(RegionKeeping.Kind);
        Publish();
    }

    /// <summary>The shards.</summary>
    public ChannelServer Shards { get; }

    /// <summary>All vCPUs that may call through a region, for reports; from any thread.</summary>
    public IReadOnlyList<ServedVcpu> Vcpus => _vcpus;

    /// <summary>The sockets' paths; from any thread.</summary>
    public IReadOnlyList<IWatchedPath> Paths => _paths;

    /// <summary>The process that has a guest's region; null for none. From any thread.</summary>
    public int? ProcessOf(string guest) => Array.Find(_paths, channel => channel.GuestName == guest)?.Process;

    /// <summary>Begins to serve.</summary>
    public void Start()
    {
        if (_paths.Length > 0)
        {
            RegionWarmUp.Run(_paths.Any(region => region.Binding.Hypercalls is not null));
        }

        _thread.Start();
    }

    /// <summary>Has something done on the thread; from any.</summary>
    public void Post(Action command)
    {
        _commands.Enqueue(command);
        _wake.Set();
    }

    /// <summary>Serves other regions from now on: those that stay keep their VM. From any thread but its own.</summary>
    /// <returns>Regions that could not be made, a sentence each; the next update tries them again.</returns>
    public IReadOnlyList<string> Update(IReadOnlyList<RegionBinding> bindings)
    {
        List<string> failures = [];
        using ManualResetEventSlim done = new();
        Post(() =>
        {
            Change(bindings, failures);
            done.Set();
        });
        return done.Wait(s_patience) ? failures : ["The regions' thread has not answered: they change when it does."];
    }

    /// <summary>Makes a region's lost path anew; from any thread.</summary>
    public bool Renew(RegionChannel channel, Action<string?> done)
    {
        Post(() =>
        {
            string? problem = null;
            try
            {
                channel.Endpoint.Renew();
                _poll.Add(channel.Endpoint.Listener!, ListenerKey(_channels.IndexOf(channel)));
            }
            catch (Exception e) when (e is ChannelException or Win32Exception)
            {
                problem = e.Message;
            }

            done(problem);
        });
        return Array.IndexOf(_paths, channel) >= 0;
    }

    /// <summary>Ends the thread. VMs stay as they are with a service manager that keeps them, else they lose the region.</summary>
    /// <param name="patience">Longest wait.</param>
    public void Stop(TimeSpan patience)
    {
        _stop = true;
        _wake.Set();
        if (_thread.IsAlive && !_thread.Join(patience))
        {
            return;
        }

        foreach (RegionChannel channel in _channels.OfType<RegionChannel>())
        {
            if (channel.Leave() && _store is not { IsThere: true })
            {
                RegionLog.RegionNotKept(_log, channel.GuestName, channel.Endpoint.Name,
                    "its VM loses the region, for nobody keeps it over a restart of this daemon: take the device out and put it in again, or serve as a systemd service.");
            }
        }

        _channels.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RegionChannel channel in _channels.OfType<RegionChannel>())
        {
            channel.Leave();
        }

        _channels.Clear();
        if (!_thread.IsAlive)
        {
            _poll.Dispose();
            _wake.Dispose();
        }
    }

    internal void Listen(RegionChannel channel)
    {
        _poll.Add(channel.Peer!, PeerKey(_channels.IndexOf(channel)), channel.WantsRoom);
        _listened.Add(channel, channel.WantsRoom);
    }

    internal void Forget(RegionChannel channel)
    {
        if (_listened.Remove(channel))
        {
            _poll.Remove(channel.Peer!);
        }
    }

    private static int ListenerKey(int index) => index * 2;

    private static int PeerKey(int index) => (index * 2) + 1;

    private void Serve()
    {
        Deadline beat = Deadline.After(Deadline.Now, 0);
        while (!_stop)
        {
            while (_commands.TryDequeue(out Action? command))
            {
                command();
            }

            long now = Deadline.Now;
            if (beat.IsDue(now))
            {
                beat = Deadline.After(now, RegionLayout.HeartbeatMs);
                Tick();
            }

            // Without a region nothing beats.
            int ready = _poll.Wait(_paths.Length == 0 ? -1 : beat.Wait(Deadline.Now));
            for (int i = 0; i < ready; i++)
            {
                Handle(_poll.Key(i));
            }
        }
    }

    private void Tick()
    {
        for (int index = 0; index < _channels.Count; index++)
        {
            if (_channels[index] is RegionChannel channel)
            {
                channel.Tick();
                if (channel.AcceptsPause)
                {
                    channel.AcceptsPause = false;
                    Accepts(channel, index, true);
                }
            }
        }
    }

    private void Accepts(RegionChannel channel, int index, bool readable) =>
        _poll.Change(channel.Endpoint.Listener!, ListenerKey(index), readable, writable: false);

    private void Handle(int key)
    {
        if (key == WakeKey)
        {
            _wake.Clear();
            return;
        }

        int index = key / 2;
        if (_channels[index] is not RegionChannel channel)
        {
            return;
        }

        if (key == ListenerKey(index))
        {
            channel.Accept();
            Accepts(channel, index, !channel.AcceptsPause); // one that waits and cannot be let in would wake this thread again and again
        }
        else if (channel.Peer is not null)
        {
            channel.Serve();
            if (channel.Peer is not null && _listened[channel] != channel.WantsRoom)
            {
                _listened[channel] = channel.WantsRoom;
                _poll.Change(channel.Peer, key, readable: true, channel.WantsRoom);
            }
        }
    }

    private void Change(IReadOnlyList<RegionBinding> bindings, List<string> failures)
    {
        Dictionary<string, RegionBinding> wanted = bindings.ToDictionary(binding => binding.Guest);
        for (int i = 0; i < _channels.Count; i++)
        {
            if (_channels[i] is not RegionChannel channel)
            {
                continue;
            }

            if (wanted.TryGetValue(channel.GuestName, out RegionBinding? next) && channel.CanBecome(next))
            {
                channel.Bind(next);
                wanted.Remove(channel.GuestName);
            }
            else
            {
                _channels[i] = null;
                channel.Dispose();
            }
        }

        foreach (RegionBinding binding in bindings.Where(binding => wanted.ContainsKey(binding.Guest)))
        {
            try
            {
                Add(binding);
            }
            catch (ChannelException e)
            {
                failures.Add(e.Message);
            }
        }

        Publish();
    }

    private void Add(RegionBinding binding)
    {
        RegionChannel channel = new(this, binding, _store, _log);
        channel.Prepare();
        int free = _channels.IndexOf(null), index = free < 0 ? _channels.Count : free;
        if (free < 0)
        {
            _channels.Add(channel);
        }
        else
        {
            _channels[free] = channel;
        }

        _poll.Add(channel.Endpoint.Listener!, ListenerKey(index));
        if (channel.Peer is not null)
        {
            Listen(channel);
        }
    }

    private void Publish()
    {
        _paths = [.. _channels.OfType<RegionChannel>()];
        _vcpus = [.. _paths.SelectMany(channel => channel.Vcpus).OrderBy(vcpu => (vcpu.GuestName, vcpu.Vcpu))];
    }
}
