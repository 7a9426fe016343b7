using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Serve;

/// <summary>What happens to serve as a whole. Ids 150 to 199.</summary>
internal static partial class ServeLog
{
    [LoggerMessage(EventId = 150, EventName = "PolicyInForce", Level = LogLevel.Information, Message = "{Outcome}")]
    public static partial void PolicyInForce(ILogger log, string outcome);

    [LoggerMessage(EventId = 151, EventName = "PolicyRefused", Level = LogLevel.Error, Message = "{Outcome}")]
    public static partial void PolicyRefused(ILogger log, string outcome);

    [LoggerMessage(EventId = 152, EventName = "ReloadHangs", Level = LogLevel.Warning, Message = "The reload has not ended for {Seconds} s: a file of it does not answer. What was in force before still is.")]
    public static partial void ReloadHangs(ILogger log, long seconds);

    [LoggerMessage(EventId = 153, EventName = "ReloadEnded", Level = LogLevel.Information, Message = "The reload has ended.")]
    public static partial void ReloadEnded(ILogger log);

    [LoggerMessage(EventId = 160, EventName = "PolicyOddity", Level = LogLevel.Warning, Message = "{Text}")]
    public static partial void PolicyOddity(ILogger log, string text);

    [LoggerMessage(EventId = 170, EventName = "ReportTrouble", Level = LogLevel.Warning, Message = "{Text}")]
    public static partial void ReportTrouble(ILogger log, string text);

    [LoggerMessage(EventId = 171, EventName = "ReportBlocked", Level = LogLevel.Warning, Message = "The report has taken nothing for {Seconds} s: its reader sleeps. What it should show meanwhile is lost; serving goes on.")]
    public static partial void ReportBlocked(ILogger log, long seconds);

    [LoggerMessage(EventId = 172, EventName = "ReportEnded", Level = LogLevel.Error, Message = "The report cannot be written any more: {Problem}. Serving goes on without it.")]
    public static partial void ReportEnded(ILogger log, string problem);

    [LoggerMessage(EventId = 180, EventName = "StartHangs", Level = LogLevel.Error, Message = "The start hangs, and was told to end: a core that it has taken over has a lease, and the next start with the same lease folder restores it.")]
    public static partial void StartHangs(ILogger log);

    [LoggerMessage(EventId = 181, EventName = "NotRestored", Level = LogLevel.Error, Message = "Not restored within {Seconds} s: {Cores}. A core's lease stays, and the next start with the same lease folder restores it.")]
    public static partial void NotRestored(ILogger log, double seconds, string cores);

    [LoggerMessage(EventId = 182, EventName = "ServeFailed", Level = LogLevel.Critical, Message = "{Cause}")]
    public static partial void ServeFailed(ILogger log, string cause);
}
