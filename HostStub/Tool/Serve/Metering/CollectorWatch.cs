using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Report;

namespace PollScale.HostStub.Serve.Metering;

/// <summary>Tells when a collector begins and ceases to take metrics, once each time. OpenTelemetry's exporter says it to those who listen to its event source, and to nobody else.</summary>
/// <param name="log">Takes what the operator should know.</param>
internal sealed class CollectorWatch(ILogger log) : EventListener
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol", Succeeded = "ExportSuccess";
    private readonly Lock _gate = new();
    private bool? _takes;

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        bool takes = eventData.EventName == Succeeded;
        if ((!takes && eventData.Level > EventLevel.Warning) || !IsNew(takes))
        {
            return;
        }

        string collector = SafeText.Line($"{eventData.Payload?.FirstOrDefault()}");
        if (takes)
        {
            MetricsLog.CollectorTakes(log, collector);
        }
        else
        {
            MetricsLog.CollectorFails(log, collector, Problem(eventData));
        }
    }

    // An exception comes with its type and all its calls, of which the message is for people.
    private static string Problem(EventWrittenEventArgs told)
    {
        string last = $"{told.Payload?.LastOrDefault()}".Split('\n', 2)[0].Trim();
        int type = last.IndexOf("Exception: ", StringComparison.Ordinal);
        string text = SafeText.Line(type < 0 ? last : last[(type + "Exception: ".Length)..]);
        return text.EndsWith('.') ? text : $"{text}.";
    }

    private bool IsNew(bool takes)
    {
        lock (_gate)
        {
            bool isNew = _takes != takes;
            _takes = takes;
            return isNew;
        }
    }
}
