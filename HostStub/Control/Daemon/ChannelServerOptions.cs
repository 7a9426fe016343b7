namespace PollScale.HostStub.Daemon;

/// <summary>How a <see cref="ChannelServer"/> is run.</summary>
internal sealed record ChannelServerOptions
{
    /// <summary>Shards that there are beside those of channels, for what they tick; asked at every change.</summary>
    public Func<IEnumerable<int>> Shards { get; init; } = () => [];

    /// <summary>Called on each shard's thread several times a second, with its number and the TSC; null for never.</summary>
    public Action<int, ulong>? Tick { get; init; }

    /// <summary>Called once on each shard's thread with its number, before it serves.</summary>
    public Action<int> Began { get; init; } = _ => { };

    /// <summary>Name of a shard's thread.</summary>
    public Func<int, string> Name { get; init; } = _ => "channels";

    /// <summary>True when each shard's core holds cpufreq files open.</summary>
    public bool OpensCores { get; init; }

    /// <summary>How long a change waits for a shard that hangs; it has the change once it comes back.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Takes what ended a shard's thread, on that thread.</summary>
    public Action<Exception> Failed { get; init; } = _ => { };
}
