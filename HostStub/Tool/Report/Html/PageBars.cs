namespace PollScale.HostStub.Report.Html;

/// <summary>One bar a row of a panel.</summary>
/// <param name="Name">What, or which run, they are of; empty where there is one only.</param>
/// <param name="Values">As many as the panel has rows.</param>
internal sealed record PageBars(string Name, IReadOnlyList<double> Values);
