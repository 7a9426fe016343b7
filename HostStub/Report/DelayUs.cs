namespace PollScale.HostStub.Report;

/// <summary>Queueing delay in us, send to poll; all null when the guest recorded none or none that can be true.</summary>
internal sealed record DelayUs(double? P50, double? P99, double? P999, double? Max);
