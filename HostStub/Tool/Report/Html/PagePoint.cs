namespace PollScale.HostStub.Report.Html;

/// <summary>A point of a curve.</summary>
/// <param name="X">Across.</param>
/// <param name="Y">Up.</param>
/// <param name="Label">What is special about it; empty for nothing. It is written beside the point.</param>
internal readonly record struct PagePoint(double X, double Y, string Label = "");
