using System.Diagnostics.Metrics;
using PollScale.Telemetry;

namespace PollScale.HostStub.Metrics;

/// <summary>
/// Puts service latencies into an instrument, from the histogram that serving keeps anyway: who serves records nothing twice. It takes some 50 ns a request, on the
/// thread that calls, so it is to be called often enough: what an hour brought would hold up a collection. From any thread.
/// </summary>
/// <param name="latencies">All service latencies so far, in ns.</param>
/// <param name="into">The instrument, in s.</param>
internal sealed class LatencyRecorder(Func<HistogramSnapshot> latencies, Histogram<double> into)
{
    private readonly Lock _gate = new();
    private readonly ulong[] _recorded = new ulong[LogLinearHistogram.Buckets];

    /// <summary>Records what has come since the last time, each latency as the largest of its bucket.</summary>
    public void Record()
    {
        lock (_gate)
        {
            ReadOnlySpan<ulong> counts = latencies().Counts;
            for (int bucket = 0; bucket < counts.Length; bucket++)
            {
                double seconds = LogLinearHistogram.UpperBound(bucket) / 1e9;
                for (; _recorded[bucket] < counts[bucket]; _recorded[bucket]++)
                {
                    into.Record(seconds);
                }
            }
        }
    }
}
