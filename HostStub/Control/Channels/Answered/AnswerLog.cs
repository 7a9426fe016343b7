using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>What happens to hypercalls that a BPF program answers. Ids 198 and 199.</summary>
internal static partial class AnswerLog
{
    [LoggerMessage(EventId = 198, EventName = "HypercallsAnsweredInPage", Level = LogLevel.Information, Message = "{Guest} vCPU {Vcpu} ({Endpoint}): its hypercalls are answered within their exit, on thread {Thread}.")]
    public static partial void HypercallsAnsweredInPage(ILogger log, string guest, int vcpu, string endpoint, int thread);

    [LoggerMessage(EventId = 199, EventName = "HypercallsUnansweredInPage", Level = LogLevel.Warning, Message = "{Guest} vCPU {Vcpu} ({Endpoint}): its hypercalls are not answered within their exit, and it has the doorbell of its page only: {Problem}")]
    public static partial void HypercallsUnansweredInPage(ILogger log, string guest, int vcpu, string endpoint, string problem);
}
