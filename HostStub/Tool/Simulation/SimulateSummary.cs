using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Simulation;

/// <summary>Each governor over all workloads.</summary>
[LineOf("simulate", LineType.Summary)]
internal sealed record SimulateSummary : SummaryLine
{
    /// <summary>Ctrl-C ended it: only some of the runs were done.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Runs that were done.</summary>
    public required int Runs { get; init; }

    /// <summary>Runs that there were to do.</summary>
    public required int PlannedRuns { get; init; }

    /// <summary>Each governor, in the order given.</summary>
    public required IReadOnlyList<Figures> Governors { get; init; }
}
