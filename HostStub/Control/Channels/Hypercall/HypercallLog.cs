using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>What happens to observed hypercalls. Ids 190 to 193.</summary>
internal static partial class HypercallLog
{
    [LoggerMessage(EventId = 190, EventName = "HypercallsObserved", Level = LogLevel.Information, Message = "{Guest} vCPU {Vcpu} ({Endpoint}): its hypercalls are observed, on thread {Thread}.")]
    public static partial void HypercallsObserved(ILogger log, string guest, int vcpu, string endpoint, int thread);

    [LoggerMessage(EventId = 191, EventName = "HypercallsUnobserved", Level = LogLevel.Warning, Message = "{Guest} vCPU {Vcpu} ({Endpoint}): its hypercalls are not observed, and it has the doorbell of its page only: {Problem}")]
    public static partial void HypercallsUnobserved(ILogger log, string guest, int vcpu, string endpoint, string problem);

    [LoggerMessage(EventId = 192, EventName = "HypercallsDropped", Level = LogLevel.Warning, Message = "{Guest} vCPU {Vcpu} ({Endpoint}): {Count} hypercalls were dropped: {Reason}.")]
    public static partial void HypercallsDropped(ILogger log, string guest, int vcpu, string endpoint, ulong count, string reason);
}
