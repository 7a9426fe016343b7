using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Channels.Acpi;

/// <summary>What happens to the process that drains debug ports. Ids 130 to 139.</summary>
internal static partial class AcpiLog
{
    [LoggerMessage(EventId = 130, EventName = "ReaderEnded", Level = LogLevel.Warning, Message = "The process that drains debug ports has ended ({How}); it is started again. What guests write meanwhile is lost.")]
    public static partial void ReaderEnded(ILogger log, string how);

    [LoggerMessage(EventId = 131, EventName = "ReaderUnstarted", Level = LogLevel.Error, Message = "The process that drains debug ports cannot be started: {Problem} It is tried again; until then ACPI P-states are not obeyed.")]
    public static partial void ReaderUnstarted(ILogger log, string problem);
}
