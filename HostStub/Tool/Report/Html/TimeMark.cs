namespace PollScale.HostStub.Report.Html;

/// <summary>Something that happened at a moment, such as a change of the P-state. Those of one run are in order of time.</summary>
/// <param name="At">When, in s.</param>
/// <param name="Label">What, in a few words: P4 to P0.</param>
/// <param name="Reason">Why, in a sentence; a sentence that many share is written once.</param>
/// <param name="Run">Name of the run; empty where there is one.</param>
internal readonly record struct TimeMark(double At, string Label, string Reason, string Run = "");
