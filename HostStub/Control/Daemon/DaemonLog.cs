using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Daemon;

/// <summary>What happens to channels and to the threads that serve them. Ids 100 to 129.</summary>
internal static partial class DaemonLog
{
    [LoggerMessage(EventId = 100, EventName = "ChannelState", Level = LogLevel.Information, Message = "{Guest} vCPU {Vcpu} ({Endpoint}): {State}")]
    public static partial void ChannelState(ILogger log, string guest, int vcpu, string endpoint, string state);

    [LoggerMessage(EventId = 101, EventName = "ChannelsLeftOut", Level = LogLevel.Information, Message = "and {Count} more channels.")]
    public static partial void ChannelsLeftOut(ILogger log, int count);

    [LoggerMessage(EventId = 102, EventName = "NoticesLeftOut", Level = LogLevel.Warning, Message = "and {Count} more notices in {Seconds} s.")]
    public static partial void NoticesLeftOut(ILogger log, int count, int seconds);

    [LoggerMessage(EventId = 110, EventName = "PathHangs", Level = LogLevel.Warning, Message = "{Guest} {Part} ({Endpoint}): its folder has not answered for {Seconds} s.")]
    public static partial void PathHangs(ILogger log, string guest, string part, string endpoint, double seconds);

    [LoggerMessage(EventId = 111, EventName = "PathFine", Level = LogLevel.Information, Message = "{Guest} {Part} ({Endpoint}): its path is as it should be again.")]
    public static partial void PathFine(ILogger log, string guest, string part, string endpoint);

    [LoggerMessage(EventId = 112, EventName = "PathRenewed", Level = LogLevel.Warning, Message = "{Guest} {Part} ({Endpoint}): {Lost}; it is made anew.")]
    public static partial void PathRenewed(ILogger log, string guest, string part, string endpoint, string lost);

    [LoggerMessage(EventId = 113, EventName = "PathLost", Level = LogLevel.Error, Message = "{Guest} {Part} ({Endpoint}): {Lost}, and cannot be made anew so far. {Problem}")]
    public static partial void PathLost(ILogger log, string guest, string part, string endpoint, string lost, string problem);

    [LoggerMessage(EventId = 120, EventName = "FilesHang", Level = LogLevel.Warning, Message = "{Shard}: its cpufreq files have not answered for {Seconds} s. Its guests wait; all others are served.")]
    public static partial void FilesHang(ILogger log, string shard, long seconds);

    [LoggerMessage(EventId = 121, EventName = "ThreadHangs", Level = LogLevel.Critical, Message = "{Shard}: the thread that serves it has not answered for {Seconds} s. Its guests wait; all others are served.")]
    public static partial void ThreadHangs(ILogger log, string shard, long seconds);

    [LoggerMessage(EventId = 122, EventName = "ShardAnswers", Level = LogLevel.Information, Message = "{Shard}: its files answer again, its guests are served.")]
    public static partial void ShardAnswers(ILogger log, string shard);
}
