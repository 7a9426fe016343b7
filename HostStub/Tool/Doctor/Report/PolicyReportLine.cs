namespace PollScale.HostStub.Doctor.Report;

/// <summary>One finding.</summary>
/// <param name="Status">Problem or warning.</param>
/// <param name="Line">Line, from 1; 0 for the whole file.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="OfMachine">The file may be right: this machine stands in the way.</param>
/// <param name="Text">What, and what to do.</param>
internal sealed record PolicyReportLine(FindingStatus Status, int Line, int Column, bool OfMachine, string Text);
