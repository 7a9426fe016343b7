using System.Text.Json.Serialization;

namespace PollScale.HostStub.Report.Kit;

/// <summary>One line of a report: what <c>--json</c> writes as one object, and what the reports for people are made of.</summary>
internal abstract record ReportLine
{
    private protected ReportLine(LineType type) => Type = type;

    /// <summary>Kind of line.</summary>
    [JsonPropertyOrder(-3)]
    public LineType Type { get; init; }
}
