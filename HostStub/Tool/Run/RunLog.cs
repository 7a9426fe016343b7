using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Run;

/// <summary>What happens to a run. Ids 200 to 249.</summary>
internal static partial class RunLog
{
    [LoggerMessage(EventId = 201, EventName = "CpuShared", Level = LogLevel.Warning, Message = "another guest polls on CPU {Cpu} already: each gets a part of it, and figures mean little. Name another with --cpu.")]
    public static partial void CpuShared(ILogger log, int cpu);

    [LoggerMessage(EventId = 202, EventName = "RunRefused", Level = LogLevel.Error, Message = "{Cause}")]
    public static partial void RunRefused(ILogger log, string cause);

    [LoggerMessage(EventId = 203, EventName = "TrafficWarning", Level = LogLevel.Warning, Message = "{Text}")]
    public static partial void TrafficWarning(ILogger log, string text);

    [LoggerMessage(EventId = 204, EventName = "TrafficFailed", Level = LogLevel.Error, Message = "{Problem}")]
    public static partial void TrafficFailed(ILogger log, string problem);

    [LoggerMessage(EventId = 210, EventName = "RunPolicyInForce", Level = LogLevel.Information, Message = "{Outcome}")]
    public static partial void RunPolicyInForce(ILogger log, string outcome);

    [LoggerMessage(EventId = 211, EventName = "RunPolicyRefused", Level = LogLevel.Error, Message = "{Outcome}")]
    public static partial void RunPolicyRefused(ILogger log, string outcome);

    [LoggerMessage(EventId = 212, EventName = "FirstPStateNotSet", Level = LogLevel.Warning, Message = "pCPU {Pcpu} could not be set to its first P-state. It is tried again.")]
    public static partial void FirstPStateNotSet(ILogger log, int pcpu);
}
