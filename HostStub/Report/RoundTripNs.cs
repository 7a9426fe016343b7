namespace PollScale.HostStub.Report;

/// <summary>Round trip of frequency calls in ns; all null when the guest recorded none or none that can be true.</summary>
internal sealed record RoundTripNs(double? P50, double? P99);
