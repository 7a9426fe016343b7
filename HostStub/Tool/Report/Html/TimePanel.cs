namespace PollScale.HostStub.Report.Html;

/// <summary>Quantities over time. All time panels of a page show the same stretch of time, and zoom together.</summary>
internal sealed record TimePanel : PagePanel
{
    /// <summary>The quantities. The first unit has its axis at the left, a second one at the right; there may be no third.</summary>
    public required IReadOnlyList<TimeSeries> Series { get; init; }

    /// <summary>What happened at moments.</summary>
    public IReadOnlyList<TimeMark> Marks { get; init; } = [];
}
