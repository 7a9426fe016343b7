using System.Text.Json.Serialization;

namespace PollScale.HostStub.Report.Kit;

/// <summary>The last line of a report.</summary>
internal abstract record SummaryLine() : ReportLine(LineType.Summary)
{
    /// <summary>What the command came to.</summary>
    [JsonPropertyOrder(-2)]
    public LineStatus Status => StatusOf(ExitCode);

    /// <summary>The code hoststub exits with.</summary>
    [JsonPropertyOrder(-1)]
    public int ExitCode { get; init; } = UnknownCode;

    /// <summary>What a line has that was given no code: it shows.</summary>
    public const int UnknownCode = -1;

    /// <summary>What an exit code says.</summary>
    public static LineStatus StatusOf(int exitCode) => exitCode switch
    {
        0 => LineStatus.Ok,
        > 128 => LineStatus.Interrupted,
        _ => LineStatus.Failed,
    };
}
