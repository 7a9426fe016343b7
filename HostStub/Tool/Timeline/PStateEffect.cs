namespace PollScale.HostStub.Timeline;

/// <summary>A P-state took effect.</summary>
/// <param name="Tsc">TSC since which it is in effect.</param>
/// <param name="From">P-state before.</param>
/// <param name="To">P-state since.</param>
/// <param name="Backlog">Packets in the rx ring when it was looked at last.</param>
internal readonly record struct PStateEffect(ulong Tsc, int From, int To, int Backlog);
