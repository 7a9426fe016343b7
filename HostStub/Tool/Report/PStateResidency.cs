namespace PollScale.HostStub.Report;

/// <summary>Share of the run in one P-state.</summary>
/// <param name="PState">Index.</param>
/// <param name="Mhz">Frequency, MHz.</param>
/// <param name="Percent">Share of the time with traffic, %.</param>
internal sealed record PStateResidency(int PState, double Mhz, double Percent);
