using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Audit;

/// <summary>What happens to the audit log. Ids 250 to 259.</summary>
internal static partial class AuditEvents
{
    [LoggerMessage(EventId = 250, EventName = "AuditFailed", Level = LogLevel.Error, Message = "The audit log failed and takes no more decisions: {Problem}")]
    public static partial void AuditFailed(ILogger log, string problem);

    [LoggerMessage(EventId = 251, EventName = "AuditHangs", Level = LogLevel.Error, Message = "The audit log's file system does not answer; what was not written in {Seconds} s is lost.")]
    public static partial void AuditHangs(ILogger log, double seconds);

    [LoggerMessage(EventId = 252, EventName = "AuditLost", Level = LogLevel.Error, Message = "The audit log could not take decisions: {Count}.")]
    public static partial void AuditLost(ILogger log, ulong count);

    [LoggerMessage(EventId = 253, EventName = "AuditUnwritable", Level = LogLevel.Error, Message = "The audit log cannot be written: {Problem} Decisions are counted meanwhile.")]
    public static partial void AuditUnwritable(ILogger log, string problem);

    [LoggerMessage(EventId = 254, EventName = "AuditWritten", Level = LogLevel.Information, Message = "The audit log can be written again.")]
    public static partial void AuditWritten(ILogger log);

    [LoggerMessage(EventId = 255, EventName = "AuditNotReopened", Level = LogLevel.Warning, Message = "{Problem} The log goes on in the file open so far.")]
    public static partial void AuditNotReopened(ILogger log, string problem);
}
