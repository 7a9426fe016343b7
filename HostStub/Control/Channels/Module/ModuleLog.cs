using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Channels.Module;

/// <summary>What happens to hypercalls that the kernel module answers. Ids 194 to 197.</summary>
internal static partial class ModuleLog
{
    [LoggerMessage(EventId = 194, EventName = "HypercallsAnswered", Level = LogLevel.Information, Message = "{Guest} vCPU {Vcpu}: its hypercalls are answered by the kernel module, on thread {Thread} of process {Process}.")]
    public static partial void HypercallsAnswered(ILogger log, string guest, int vcpu, int process, int thread);

    [LoggerMessage(EventId = 195, EventName = "HypercallsUnanswered", Level = LogLevel.Warning, Message = "{Guest} vCPU {Vcpu}: its hypercalls are not answered by the kernel module: {Problem}")]
    public static partial void HypercallsUnanswered(ILogger log, string guest, int vcpu, string problem);

    [LoggerMessage(EventId = 196, EventName = "HypercallGrantEnded", Level = LogLevel.Information, Message = "{Guest} vCPU {Vcpu}: the kernel module answers its hypercalls no longer.")]
    public static partial void HypercallGrantEnded(ILogger log, string guest, int vcpu);

    [LoggerMessage(EventId = 197, EventName = "HypercallRecordsLost", Level = LogLevel.Warning, Message = "{Count} hypercalls that the kernel module answered are not in the audit log: it had no room for their records.")]
    public static partial void HypercallRecordsLost(ILogger log, ulong count);
}
