namespace PollScale.HostStub.Report.Html;

/// <summary>One result, shown large.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The number, rounded for people.</param>
/// <param name="Unit">Its unit; empty for none.</param>
/// <param name="Comment">What it is to be compared with; empty for nothing.</param>
internal sealed record PageFigure(string Name, string Value, string Unit = "", string Comment = "");
