using PollScale.Telemetry;

namespace PollScale.HostStub.Daemon;

/// <summary>Service latencies of a channel in short, in us.</summary>
/// <param name="Count">Requests they are of.</param>
/// <param name="P50Us">Median.</param>
/// <param name="P99Us">99th percentile.</param>
/// <param name="MaxUs">Largest.</param>
internal sealed record LatencyFigures(ulong Count, double P50Us, double P99Us, double MaxUs)
{
    /// <summary>Those of a histogram in ns.</summary>
    public static LatencyFigures Of(HistogramSnapshot latency) => new(latency.Count, latency.Percentile(0.5) / 1e3, latency.Percentile(0.99) / 1e3, latency.Max / 1e3);
}
