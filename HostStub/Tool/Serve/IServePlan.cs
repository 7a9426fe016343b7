using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Serve;

/// <summary>What serve serves: channels, and the services behind them.</summary>
internal interface IServePlan
{
    /// <summary>The channels at the start.</summary>
    IReadOnlyList<ChannelBinding> Bindings { get; }

    /// <summary>The shards to serve them by, and what they tick.</summary>
    ChannelServerOptions Serving { get; }

    /// <summary>True while a core of a shard waits for its backend: its thread need not be heard of meanwhile.</summary>
    bool IsAtWork(int shard);

    /// <summary>Reads the configuration again, and puts it in force. May take as long as files do.</summary>
    /// <param name="server">The running server.</param>
    ReloadOutcome Reload(ChannelServer server);

    /// <summary>What time brings beside what shards tick: pCPUs that could not be used are tried again. About once a second, off the main thread.</summary>
    void Keep(ChannelServer server);

    /// <summary>Looks at what guests' users own: whether vCPUs are pinned. About once a second, off the main thread.</summary>
    void CheckGuests();

    /// <summary>Ends the services, restores what they changed, and waits for it for a stated time.</summary>
    /// <returns>Names of the cores that could not be restored in time.</returns>
    IReadOnlyList<string> End();
}
