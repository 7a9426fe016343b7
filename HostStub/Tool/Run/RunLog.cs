using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Run;

/// <summary>What happens to a run. Ids 200 to 249.</summary>
internal static partial class RunLog
{
    [LoggerMessage(EventId = 200, EventName = "RunNotice", Level = LogLevel.Warning, Message = "{Text}")]
    public static partial void RunNotice(ILogger log, string text);

    [LoggerMessage(EventId = 201, EventName = "CpuShared", Level = LogLevel.Warning, Message = "another guest polls on CPU {Cpu} already: each gets a part of it, and figures mean little. Name another with --cpu.")]
    public static partial void CpuShared(ILogger log, int cpu);

    [LoggerMessage(EventId = 202, EventName = "RunRefused", Level = LogLevel.Error, Message = "{Cause}")]
    public static partial void RunRefused(ILogger log, string cause);

    [LoggerMessage(EventId = 203, EventName = "TrafficWarning", Level = LogLevel.Warning, Message = "{Text}")]
    public static partial void TrafficWarning(ILogger log, string text);

    [LoggerMessage(EventId = 204, EventName = "TrafficFailed", Level = LogLevel.Error, Message = "{Problem}")]
    public static partial void TrafficFailed(ILogger log, string problem);
}
