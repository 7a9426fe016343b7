namespace PollScale.HostStub.Report;

/// <summary>Packets whose delay lies above the bound before and not above this one.</summary>
/// <param name="UpToUs">The bound, us.</param>
/// <param name="Packets">How many.</param>
internal sealed record DelayCount(double UpToUs, ulong Packets);
