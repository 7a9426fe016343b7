namespace PollScale.HostStub.Bench;

/// <summary>One measured comparison.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Ours">Value with PollScale.</param>
/// <param name="Baseline">Value of what it is compared with; 0 when there is nothing.</param>
/// <param name="Unit">Unit of both.</param>
/// <param name="Goal">The goal in words, with its bound.</param>
/// <param name="Met">The goal is met.</param>
internal sealed record BenchResult(string Name, double Ours, double Baseline, string Unit, string Goal, bool Met)
{
    /// <summary>Ours / baseline, or 0.</summary>
    public double Ratio => Baseline > 0 ? Ours / Baseline : 0;

    /// <summary>The middle value; of an even number the lower one.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(sorted.Length - 1) / 2];
    }
}
