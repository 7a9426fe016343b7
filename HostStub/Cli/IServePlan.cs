using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Cli;

/// <summary>What serve serves: channels, and the services behind them.</summary>
internal interface IServePlan : IDisposable
{
    /// <summary>The channels at the start.</summary>
    IReadOnlyList<ChannelBinding> Bindings { get; }

    /// <summary>What time brings. Called several times a second.</summary>
    void Poll();

    /// <summary>Reads the configuration again, and puts it in force.</summary>
    /// <param name="server">The running server.</param>
    /// <returns>What came of it, for the operator.</returns>
    string Reload(ChannelServer server);
}
