namespace PollScale.HostStub.Report.Kit;

/// <summary>The only summary of a command that was refused, or failed before it could give its own.</summary>
[LineOf("every command that is refused or fails", LineType.Summary)]
internal sealed record FailureLine : SummaryLine
{
    /// <summary>What happened, why, and what to do.</summary>
    public required string Cause { get; init; }
}
