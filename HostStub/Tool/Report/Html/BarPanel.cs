namespace PollScale.HostStub.Report.Html;

/// <summary>Amounts beside each other: shares of time, calls by result, energies.</summary>
internal sealed record BarPanel : PagePanel
{
    /// <summary>Unit of all; empty for none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>What the bars are of, top to bottom.</summary>
    public required IReadOnlyList<string> Rows { get; init; }

    /// <summary>A bar a row each; 0 or more, NaN where there is none.</summary>
    public required IReadOnlyList<PageBars> Bars { get; init; }

    /// <summary>A value to compare with, shown as a line; null for none.</summary>
    public double? Reference { get; init; }

    /// <summary>What it is.</summary>
    public string ReferenceName { get; init; } = "";
}
