using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Channels.Region;

/// <summary>What happens to guests' regions. Ids 140 to 149.</summary>
internal static partial class RegionLog
{
    [LoggerMessage(EventId = 140, EventName = "RegionConnected", Level = LogLevel.Information, Message = "{Guest} ({Endpoint}): its VM, process {Process}, has the region.")]
    public static partial void RegionConnected(ILogger log, string guest, string endpoint, int process);

    [LoggerMessage(EventId = 141, EventName = "RegionLeft", Level = LogLevel.Information, Message = "{Guest} ({Endpoint}): its VM has gone, or the device was taken out.")]
    public static partial void RegionLeft(ILogger log, string guest, string endpoint);

    [LoggerMessage(EventId = 142, EventName = "RegionRefused", Level = LogLevel.Warning, Message = "{Guest} ({Endpoint}): {Problem}")]
    public static partial void RegionRefused(ILogger log, string guest, string endpoint, string problem);

    [LoggerMessage(EventId = 143, EventName = "RegionTakenOver", Level = LogLevel.Information, Message = "{Guest} ({Endpoint}): the region of the daemon before is served on; its VM has noticed nothing but a pause.")]
    public static partial void RegionTakenOver(ILogger log, string guest, string endpoint);

    [LoggerMessage(EventId = 144, EventName = "RegionNotKept", Level = LogLevel.Warning, Message = "{Guest} ({Endpoint}): {Problem}")]
    public static partial void RegionNotKept(ILogger log, string guest, string endpoint, string problem);

    [LoggerMessage(EventId = 145, EventName = "RegionVcpuLeftOut", Level = LogLevel.Warning, Message = "{Guest} vCPU {Vcpu} ({Endpoint}): {Problem}")]
    public static partial void RegionVcpuLeftOut(ILogger log, string guest, int vcpu, string endpoint, string problem);
}
