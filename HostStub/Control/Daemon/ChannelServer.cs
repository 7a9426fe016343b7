using System.ComponentModel;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.HostStub.Daemon.Shards;
using PollScale.Telemetry;

namespace PollScale.HostStub.Daemon;

/// <summary>
/// Serves guest channels by shards, each a thread of its own: what one shard's cores or guests do delays no other. Any thread may call; calls that
/// change what is served block each other, and wait for a shard that hangs for a stated time only.
/// </summary>
internal sealed partial class ChannelServer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ChannelServerOptions _options;
    private readonly Dictionary<int, ChannelShard> _shards = [];
    private readonly Dictionary<int, LatencyHistogram> _latencies = [];
    private readonly Dictionary<ServedChannel, ChannelShard> _homes = [];
    private volatile ServedChannel[] _channels = [];
    private volatile ChannelShard[] _working = [];
    private bool _started;
    private bool _ended;

    /// <summary>Prepares all channels: sockets to listen on and ptys exist afterwards.</summary>
    /// <param name="bindings">What to serve.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ChannelException">A channel cannot be made, two are for one vCPU, or descriptors are wanting.</exception>
    public ChannelServer(IReadOnlyList<ChannelBinding> bindings, ChannelServerOptions? options = null)
    {
        _options = options ?? new ChannelServerOptions();
        Dictionary<string, GuestVcpus> guests = GuestVcpus.Of(bindings);
        try
        {
            MakeShards(bindings, _options.Shards());
            foreach (ChannelBinding binding in bindings)
            {
                ServedChannel channel = new(binding, guests[binding.GuestName]) { Server = this };
                _homes.Add(channel, _shards[binding.Shard]);
                channel.Prepare();
                _shards[binding.Shard].Post(now => _shards[binding.Shard].Attach(channel, now));
            }

            _channels = [.. _homes.Keys];
        }
        catch (Exception e)
        {
            Dispose();
            if (e is Win32Exception)
            {
                throw new ChannelException($"The channels cannot be made: {e.Message} {ChannelResources.Remedy(((Win32Exception)e).NativeErrorCode)}", e);
            }

            throw;
        }
    }

    /// <summary>The channels, in the order given; another list after an update.</summary>
    public IReadOnlyList<ServedChannel> Channels => _channels;

    /// <summary>The shards at work.</summary>
    public IReadOnlyList<ChannelShard> Shards => _working;

    /// <summary>Service latency of all channels together, in ns, those of shards that are gone among them.</summary>
    public HistogramSnapshot Latency()
    {
        lock (_latencies)
        {
            return HistogramSnapshot.Sum([.. _latencies.Values.Select(latency => latency.Snapshot())]);
        }
    }

    /// <summary>Begins to serve.</summary>
    public void Start()
    {
        lock (_gate)
        {
            WarmUp.Run();
            _started = true;
            foreach (ChannelShard shard in _shards.Values)
            {
                shard.Start();
            }
        }
    }

    /// <summary>Ends all shards.</summary>
    /// <param name="patience">Longest wait for all together.</param>
    /// <returns>Names of the threads that hang.</returns>
    public IReadOnlyList<string> Stop(TimeSpan patience)
    {
        _ended = true; // an update that waits for a shard ends too
        ChannelShard[] shards = _working;
        Array.ForEach(shards, shard => shard.Stop());
        Deadline until = Deadline.After(Deadline.Now, patience);
        return [.. shards.Where(shard => !shard.Join(TimeSpan.FromMilliseconds(until.Wait(Deadline.Now)))).Select(shard => shard.Name)];
    }

    /// <summary>Makes a channel's lost path anew, on its shard.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="done">Called there: with null when it is made, else with what is wrong.</param>
    /// <returns>False when the channel is not served any more.</returns>
    public bool Renew(ServedChannel channel, Action<string?> done)
    {
        ChannelShard? home;
        lock (_homes)
        {
            home = _homes.GetValueOrDefault(channel);
        }

        home?.Post(_ =>
        {
            string? problem = null;
            try
            {
                home.Renew(channel);
            }
            catch (Exception e) when (e is ChannelException or Win32Exception)
            {
                problem = e.Message;
            }

            done(problem);
        });
        return home is not null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ServedChannel[] channels;
        lock (_homes)
        {
            channels = [.. _homes.Keys];
        }

        Array.ForEach(channels, channel => channel.Dispose());
        foreach (ChannelShard shard in _working.Where(shard => !shard.IsAlive))
        {
            shard.Dispose();
        }
    }

    private void MakeShards(IReadOnlyList<ChannelBinding> bindings, IEnumerable<int> others)
    {
        HashSet<int> wanted = [.. bindings.Select(binding => binding.Shard), .. others];
        ChannelResources.Check(bindings.Count, wanted.Count, _options.OpensCores ? wanted.Count : 0);
        foreach (int key in wanted.Where(key => !_shards.ContainsKey(key)))
        {
            LatencyHistogram? latency;
            lock (_latencies)
            {
                if (!_latencies.TryGetValue(key, out latency))
                {
                    _latencies.Add(key, latency = new LatencyHistogram());
                }
            }

            Action<ulong>? tick = _options.Tick is Action<int, ulong> all ? tsc => all(key, tsc) : null;
            ChannelShard shard = new(key, _options.Name(key), latency, tick, _options.Failed);
            shard.Post(_ => _options.Began(key));
            _shards.Add(key, shard);
            if (_started)
            {
                shard.Start();
            }
        }

        _working = [.. _shards.Values];
    }

    // One that hangs has channels to hand over when it comes back; a later change drops it.
    private void DropShards(IReadOnlyList<ChannelBinding> bindings, IEnumerable<int> others, ShardWork work)
    {
        HashSet<int> wanted = [.. bindings.Select(binding => binding.Shard), .. others];
        ChannelShard[] idle;
        lock (_homes)
        {
            idle = [.. _shards.Values.Where(shard => !wanted.Contains(shard.Key) && !work.Hangs(shard) && !_homes.ContainsValue(shard) && !_watchHomes.ContainsValue(shard))];
            _working = [.. _shards.Values.Except(idle)]; // nothing new comes to those
        }

        foreach (ChannelShard shard in idle)
        {
            shard.Stop();
            if (shard.Join(_options.Patience))
            {
                shard.Dispose();
                _shards.Remove(shard.Key);
            }
        }

        _working = [.. _shards.Values];
    }
}
