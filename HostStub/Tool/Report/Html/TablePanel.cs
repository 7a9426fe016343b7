namespace PollScale.HostStub.Report.Html;

/// <summary>A table, its values rounded for people.</summary>
internal sealed record TablePanel : PagePanel
{
    /// <summary>It is long, and shown when it is asked for.</summary>
    public bool IsFolded { get; init; }

    /// <summary>Its columns; the first names the row.</summary>
    public required IReadOnlyList<PageColumn> Columns { get; init; }

    /// <summary>Its rows, a cell a column.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Rows { get; init; }
}
