using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Serve.Operators;

/// <summary>What happens at the control socket. Ids 280 to 289.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(EventId = 280, EventName = "ControlAbsent", Level = LogLevel.Information, Message = "{Problem} Serving goes on; hoststub status and set do not reach this daemon.")]
    public static partial void ControlAbsent(ILogger log, string problem);

    [LoggerMessage(EventId = 281, EventName = "OperatorRefused", Level = LogLevel.Warning, Message = "The control socket turned away process {Process} of user {User}: only root, this user and group {Group} may use it. Told at most once a minute.")]
    public static partial void OperatorRefused(ILogger log, int process, uint user, string group);

    [LoggerMessage(EventId = 282, EventName = "OperatorSet", Level = LogLevel.Warning, Message = "User {User} (process {Process}): {Outcome}")]
    public static partial void OperatorSet(ILogger log, uint user, int process, string outcome);
}
