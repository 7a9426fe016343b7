using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Simulation.Frontier;

/// <summary>Power against delay: the curve of one governor over its delay bounds, and others beside it.</summary>
[LineOf("simulate --frontier", LineType.Summary)]
internal sealed record FrontierResult : SummaryLine
{
    /// <summary>Ctrl-C ended it: only some of the runs were done.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Delay bound that is chosen where none is stated.</summary>
    public required double KneeUs { get; init; }

    /// <summary>The points: by workload, the curve first, by delay bound.</summary>
    public required IReadOnlyList<FrontierPoint> Points { get; init; }

    /// <summary>The largest of the points' curve_over_this of governors that never sleep; null where there is none.</summary>
    public required double? MostCurveOverOther { get; init; }
}
