namespace PollScale.HostStub.Report.Html;

/// <summary>What an HTML report says, whichever command makes it. Texts are plain: whatever stands in them is shown, never run.</summary>
internal sealed record ReportPage
{
    /// <summary>What it is about, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>A line below the title, such as the command and when it ran; empty for none.</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>The results that are read first.</summary>
    public IReadOnlyList<PageFigure> Figures { get; init; } = [];

    /// <summary>Sentences that belong to the results: what to beware of, what was chosen and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What was run, and where.</summary>
    public IReadOnlyList<PageFact> Facts { get; init; } = [];

    /// <summary>Charts and tables, in the order in which they are shown.</summary>
    public IReadOnlyList<PagePanel> Panels { get; init; } = [];
}
