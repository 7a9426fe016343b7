namespace PollScale.HostStub.Report.Html;

/// <summary>Points of a chart, one after the other.</summary>
/// <param name="Name">What they are of.</param>
/// <param name="Points">The points; in any order.</param>
internal sealed record PageCurve(string Name, IReadOnlyList<PagePoint> Points)
{
    /// <summary>Name of the run; empty where there is one.</summary>
    public string Run { get; init; } = "";

    /// <summary>How it is drawn.</summary>
    public CurveShape Shape { get; init; }
}
