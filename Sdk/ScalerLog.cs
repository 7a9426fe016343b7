using Microsoft.Extensions.Logging;

namespace PollScale;

/// <summary>What a scaler tells its logger; never on the polling thread's way. Ids 1 to 99.</summary>
internal static partial class ScalerLog
{
    [LoggerMessage(EventId = 1, EventName = "ScalerWarning", Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void ScalerWarning(ILogger log, string warning);

    [LoggerMessage(EventId = 2, EventName = "CertificateWithdrawn", Level = LogLevel.Warning, Message = "{Reason}")]
    public static partial void CertificateWithdrawn(ILogger log, string reason);

    [LoggerMessage(EventId = 3, EventName = "DelayBoundChosen", Level = LogLevel.Information, Message = "{Choice}")]
    public static partial void DelayBoundChosen(ILogger log, string choice);
}
