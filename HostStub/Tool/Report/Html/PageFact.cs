namespace PollScale.HostStub.Report.Html;

/// <summary>One thing that was given.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value.</param>
internal sealed record PageFact(string Name, string Value);
