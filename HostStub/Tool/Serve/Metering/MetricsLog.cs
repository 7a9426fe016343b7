using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Serve.Metering;

/// <summary>What happens to metrics. Ids 240 to 249.</summary>
internal static partial class MetricsLog
{
    [LoggerMessage(EventId = 240, EventName = "MetricsServed", Level = LogLevel.Information, Message = "Metrics are served at http://{Address}/metrics.")]
    public static partial void MetricsServed(ILogger log, string address);

    [LoggerMessage(EventId = 241, EventName = "MetricsOpen", Level = LogLevel.Warning, Message = "Metrics are served at http://{Address}/metrics, to whoever reaches this address: names of guests, CPUs and what they do, without a password. 127.0.0.1 is for this machine alone.")]
    public static partial void MetricsOpen(ILogger log, string address);

    [LoggerMessage(EventId = 242, EventName = "CollectorFails", Level = LogLevel.Warning, Message = "The collector {Collector} does not take metrics: {Problem} It is tried again each time they are due, and told when it takes them.")]
    public static partial void CollectorFails(ILogger log, string collector, string problem);

    [LoggerMessage(EventId = 243, EventName = "CollectorTakes", Level = LogLevel.Information, Message = "The collector {Collector} takes metrics.")]
    public static partial void CollectorTakes(ILogger log, string collector);
}
