using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Peer;

/// <summary>What happens to a run against a memif peer. Ids 220 to 229.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(EventId = 220, EventName = "PeerNews", Level = LogLevel.Information, Message = "memif {Socket}: {News}")]
    public static partial void PeerNews(ILogger log, string socket, string news);

    [LoggerMessage(EventId = 221, EventName = "PeerRunFailed", Level = LogLevel.Error, Message = "{Cause}")]
    public static partial void PeerRunFailed(ILogger log, string cause);
}
