namespace PollScale.HostStub.Report.Html;

/// <summary>A column of a table.</summary>
/// <param name="Name">What stands in it.</param>
/// <param name="IsText">Words, which begin at the left; else numbers, which end at the right.</param>
internal sealed record PageColumn(string Name, bool IsText = false);
