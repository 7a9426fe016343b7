namespace PollScale.HostStub.Daemon.Shards;

/// <summary>Commands on their way to several shards, and what came of them. A command may post others.</summary>
internal sealed class ShardWork
{
    private const int LookMs = 50;
    private readonly object _gate = new();
    private readonly Dictionary<ChannelShard, int> _left = [];
    private readonly List<string> _failures = [];
    private readonly HashSet<ServedChannel> _failed = [];
    private readonly HashSet<ChannelShard> _hanging = [];

    /// <summary>What went wrong, a sentence each.</summary>
    public IReadOnlyList<string> Failures
    {
        get
        {
            lock (_gate)
            {
                return [.. _failures];
            }
        }
    }

    /// <summary>Channels that could not be made.</summary>
    public IReadOnlyList<ServedChannel> Failed
    {
        get
        {
            lock (_gate)
            {
                return [.. _failed];
            }
        }
    }

    /// <summary>True when a wait has found that a shard hangs: it has something left to do.</summary>
    public bool Hangs(ChannelShard shard)
    {
        lock (_gate)
        {
            return _hanging.Contains(shard);
        }
    }

    /// <summary>Notes that a channel could not be made.</summary>
    public void Fail(ServedChannel channel, string why)
    {
        lock (_gate)
        {
            _failed.Add(channel);
            _failures.Add(why);
        }
    }

    /// <summary>Posts a command.</summary>
    public void Post(ChannelShard shard, Action<long> command)
    {
        lock (_gate)
        {
            _left[shard] = _left.GetValueOrDefault(shard) + 1;
        }

        shard.Post(now =>
        {
            try
            {
                command(now);
            }
            finally
            {
                lock (_gate)
                {
                    _left[shard]--;
                    Monitor.PulseAll(_gate);
                }
            }
        });
    }

    /// <summary>Waits until all is done, but for shards that an earlier wait found to hang.</summary>
    /// <param name="patience">Longest wait.</param>
    /// <param name="ended">No shard does anything any more.</param>
    /// <returns>Names of shards that have something left to do.</returns>
    public IReadOnlyList<string> Wait(TimeSpan patience, Func<bool> ended)
    {
        Deadline until = Deadline.After(Deadline.Now, patience);
        lock (_gate)
        {
            while (_left.Any(pair => pair.Value > 0 && !_hanging.Contains(pair.Key)) && !until.IsDue(Deadline.Now) && !ended())
            {
                Monitor.Wait(_gate, Math.Min(LookMs, until.Wait(Deadline.Now)));
            }

            _hanging.UnionWith(_left.Where(pair => pair.Value > 0).Select(pair => pair.Key));
            return [.. _left.Where(pair => pair.Value > 0).Select(pair => pair.Key.Name)];
        }
    }
}
