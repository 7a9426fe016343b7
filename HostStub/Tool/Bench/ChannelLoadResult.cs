namespace PollScale.HostStub.Bench;

/// <summary>What a <see cref="ChannelLoad"/> measured; of the steady channels but for <paramref name="Flooded"/>.</summary>
/// <param name="Sent">Requests sent.</param>
/// <param name="Answered">Replies received.</param>
/// <param name="Flooded">Requests that the flooding channel had served.</param>
/// <param name="P99Us">Service latency, p99 of the median channel, in us.</param>
/// <param name="WorstP99Us">Service latency, p99 of the worst channel, in us.</param>
/// <param name="BesideP99Us">Service latency, p99 of the median channel of those on the flooder's thread, in us.</param>
/// <param name="ElsewhereP99Us">The same of those on other threads; NaN with one thread.</param>
internal sealed record ChannelLoadResult(long Sent, long Answered, long Flooded, double P99Us, double WorstP99Us, double BesideP99Us, double ElsewhereP99Us);
