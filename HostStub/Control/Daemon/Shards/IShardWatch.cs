using PollScale.Native;
using PollScale.Telemetry;

namespace PollScale.HostStub.Daemon.Shards;

/// <summary>What a shard serves beside its channels: one that is woken by a descriptor and reads nothing from it. All members are for the shard's thread.</summary>
internal interface IShardWatch
{
    /// <summary>Readable when there is something to look at. It is never read: each time it is made readable is an event.</summary>
    StreamDescriptor Descriptor { get; }

    /// <summary>Takes its service latencies beside its own counters: its shard's, in ns.</summary>
    LatencyHistogram? Recorder { set; }

    /// <summary>True while it is not listened to, until <see cref="Due"/>.</summary>
    bool IsPaused { get; }

    /// <summary>True to be looked at all the time, without being woken.</summary>
    bool Spins { get; }

    /// <summary>When <see cref="Resume"/> is due.</summary>
    Deadline Due { get; }

    /// <summary>Looks.</summary>
    /// <param name="wokenTsc">TSC when the shard woke.</param>
    void Look(ulong wokenTsc);

    /// <summary>Ends the pause; an event comes at once.</summary>
    void Resume();

    /// <summary>What time brings, several times a second; <see cref="Look"/> follows, unless it is paused.</summary>
    void Tick(ulong tsc);
}
