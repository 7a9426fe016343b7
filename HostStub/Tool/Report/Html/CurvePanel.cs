namespace PollScale.HostStub.Report.Html;

/// <summary>One quantity against another.</summary>
internal sealed record CurvePanel : PagePanel
{
    /// <summary>What is across.</summary>
    public required PageAxis Across { get; init; }

    /// <summary>What is up.</summary>
    public required PageAxis Up { get; init; }

    /// <summary>The curves.</summary>
    public required IReadOnlyList<PageCurve> Curves { get; init; }
}
