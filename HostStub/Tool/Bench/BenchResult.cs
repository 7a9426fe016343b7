using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Bench;

/// <summary>One measured comparison.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Ours">Value with PollScale.</param>
/// <param name="Baseline">Value of what it is compared with; null when there is nothing.</param>
/// <param name="Unit">Unit of both.</param>
/// <param name="Goal">The goal in words, with its bound; empty for none.</param>
/// <param name="Met">The goal is met.</param>
[LineOf("bench", LineType.Sample)]
internal sealed record BenchResult(string Name, double Ours, double? Baseline, string Unit, string Goal, bool Met) : ReportLine(LineType.Sample)
{
    /// <summary>Ours over the baseline; null when there is none.</summary>
    public double? Ratio => Baseline > 0 ? Ours / Baseline : null;

    /// <summary>The middle value; of an even number the lower one.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(sorted.Length - 1) / 2];
    }
}
