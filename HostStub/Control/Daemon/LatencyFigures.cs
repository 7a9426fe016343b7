using PollScale.Telemetry;

namespace PollScale.HostStub.Daemon;

/// <summary>Service latencies of a channel in short.</summary>
/// <param name="Count">Requests they are of.</param>
/// <param name="Us">In us.</param>
/// <param name="Seconds">All of them together, in s; at most 1.6 % too much.</param>
internal sealed record LatencyFigures(ulong Count, Percentiles Us, double Seconds)
{
    /// <summary>Of no requests.</summary>
    public static LatencyFigures None { get; } = new(0, Percentiles.None, 0);

    /// <summary>Those of a histogram in ns.</summary>
    public static LatencyFigures Of(HistogramSnapshot latency) => new(latency.Count, Percentiles.Of(latency, 1e3), latency.Total / 1e9);
}
