namespace PollScale.HostStub.Report.Html;

/// <summary>An axis of a chart.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Unit">Its unit; empty for none.</param>
/// <param name="IsLogarithmic">Equal ratios are equally far apart; what is not above 0 is left out.</param>
internal sealed record PageAxis(string Name, string Unit = "", bool IsLogarithmic = false);
