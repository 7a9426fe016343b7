using PollScale.Simulation.Cores;
using PollScale.Telemetry;

namespace PollScale.Simulation.Running;

/// <summary>How long packets waited in the rx ring, in us. Percentiles are at most 1.6 % above the exact ones; all else is exact.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="P50">Median.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="P999">99.9th percentile.</param>
/// <param name="Max">Longest.</param>
/// <param name="OverBound">Packets that waited longer than the bound D.</param>
public readonly record struct DelaySummary(double Mean, double P50, double P99, double P999, double Max, long OverBound)
{
    internal static DelaySummary Of(DelayHistogram delays)
    {
        HistogramSnapshot snapshot = delays.Snapshot();
        return new DelaySummary(
            delays.Mean / SimTime.Microsecond, Us(0.5), Us(0.99), Us(0.999), Math.Max(0, delays.Max) / (double)SimTime.Microsecond, delays.OverBound);

        double Us(double fraction) => snapshot.Percentile(fraction) / (double)SimTime.Microsecond;
    }
}
