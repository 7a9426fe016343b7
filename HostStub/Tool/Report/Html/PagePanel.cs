namespace PollScale.HostStub.Report.Html;

/// <summary>One chart or table.</summary>
internal abstract record PagePanel
{
    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>How to read it; empty where that needs no word.</summary>
    public string Comment { get; init; } = "";
}
