namespace PollScale.HostStub.Daemon.Shards;

/// <summary>A channel's place on a shard: the keys of its descriptors, and what is waited for.</summary>
/// <param name="index">Its number there.</param>
/// <param name="channel">The channel.</param>
internal sealed class Slot(int index, ServedChannel channel)
{
    /// <summary>The channel.</summary>
    public ServedChannel Channel => channel;

    /// <summary>Key of its stream.</summary>
    public int StreamKey => index * 2;

    /// <summary>Key of its listener.</summary>
    public int ListenerKey => (index * 2) + 1;

    /// <summary>The stream is waited for to be read.</summary>
    public bool Readable { get; set; }

    /// <summary>The stream is waited for to have room.</summary>
    public bool Writable { get; set; }

    /// <summary>The listener is waited for.</summary>
    public bool Accepts { get; set; } = true;
}
