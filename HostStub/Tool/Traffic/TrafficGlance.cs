namespace PollScale.HostStub.Traffic;

/// <summary>Where the traffic stands at one moment, by the host's own counts.</summary>
/// <param name="Offered">Frames that came due so far.</param>
/// <param name="Forwarded">Valid frames that came back in order so far.</param>
/// <param name="RingFull">Frames lost so far because the rx ring was full.</param>
/// <param name="Backlog">Packets in the rx ring that the guest has not released.</param>
/// <param name="OldestTicks">TSC ticks for which the oldest of these has waited; 0 when there is none.</param>
internal readonly record struct TrafficGlance(ulong Offered, ulong Forwarded, ulong RingFull, int Backlog, ulong OldestTicks);
