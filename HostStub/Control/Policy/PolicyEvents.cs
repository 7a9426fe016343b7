using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Policy;

/// <summary>What happens to a policy in force, its pCPUs and its guests. Ids 260 to 269.</summary>
internal static partial class PolicyEvents
{
    [LoggerMessage(EventId = 260, EventName = "PinFilesHang", Level = LogLevel.Warning, Message = "guest {Guest} vCPU {Vcpu}: the files of its process ({Process}) have not answered for {Seconds} s. It is denied until they do.")]
    public static partial void PinFilesHang(ILogger log, string guest, int vcpu, string? process, double seconds);

    [LoggerMessage(EventId = 261, EventName = "PinFilesAnswer", Level = LogLevel.Information, Message = "guest {Guest} vCPU {Vcpu}: the files of its process answer again.")]
    public static partial void PinFilesAnswer(ILogger log, string guest, int vcpu);

    [LoggerMessage(EventId = 262, EventName = "PcpuMisfit", Level = LogLevel.Error, Message = "A pCPU that could not be used so far does not fit the policy; SIGHUP tries it again:\n{Problem}")]
    public static partial void PcpuMisfit(ILogger log, string problem);

    [LoggerMessage(EventId = 263, EventName = "PStatesMisfit", Level = LogLevel.Error, Message = "The P-states of this machine changed, and the policy does not fit them: {Problem}")]
    public static partial void PStatesMisfit(ILogger log, string problem);

    [LoggerMessage(EventId = 264, EventName = "CoresHeld", Level = LogLevel.Warning, Message = "Cores that the new policy leaves out and that are not given back yet, for their files do not answer: {Count}. They are, once they do.")]
    public static partial void CoresHeld(ILogger log, int count);

    [LoggerMessage(EventId = 265, EventName = "PcpuAbsent", Level = LogLevel.Warning, Message = "{Problem} Its guests are refused until pCPU {Pcpu} can: it is tried again every second.")]
    public static partial void PcpuAbsent(ILogger log, string problem, int pcpu);

    [LoggerMessage(EventId = 266, EventName = "PcpuUsable", Level = LogLevel.Information, Message = "pCPU {Pcpu} can be used now.")]
    public static partial void PcpuUsable(ILogger log, int pcpu);
}
