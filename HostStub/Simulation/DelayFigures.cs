namespace PollScale.HostStub.Simulation;

/// <summary>Time packets wait in the rx ring, in us.</summary>
internal sealed record DelayFigures(double Mean, double P50, double P99, double P999, double Max);
