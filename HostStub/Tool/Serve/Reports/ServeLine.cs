using System.Text.Json.Serialization;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Log;
using PollScale.HostStub.Report.Kit;
using PollScale.Telemetry;

namespace PollScale.HostStub.Serve.Reports;

/// <summary>The state of a serving daemon at one moment, and what is to be said of it. A change is a reload.</summary>
[LineOf("serve", LineType.Start, LineType.Sample, LineType.Change, LineType.Notice, LineType.Summary)]
internal sealed record ServeLine : ReportLine
{
    public ServeLine(LineType type)
        : base(type)
    {
    }

    /// <summary>What serve came to; only in the summary.</summary>
    [JsonPropertyOrder(-2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LineStatus? Status => ExitCode is int code ? SummaryLine.StatusOf(code) : null;

    /// <summary>The code hoststub exits with; only in the summary.</summary>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ExitCode { get; init; }

    /// <summary>Time since the start.</summary>
    public required double TimeS { get; init; }

    /// <summary>Every channel in the start, changes and the summary; else, where there are more than 16, those that changed since the line before.</summary>
    public required IReadOnlyList<ChannelSnapshot> Channels { get; init; }

    /// <summary>Service latency of all channels: from the wake-up that brought a request to its reply.</summary>
    public required Percentiles LatencyUs { get; init; }

    /// <summary>What a reload came to, or what the operator should know, a line each; null otherwise.</summary>
    public string? Message => Events.Count == 0 ? null : string.Join('\n', Events.Select(what => what.Message));

    /// <summary>The same, an event of the log each.</summary>
    public IReadOnlyList<LogEvent> Events { get; init; } = [];
}
