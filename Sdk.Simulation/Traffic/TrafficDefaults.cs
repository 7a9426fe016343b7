using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Traffic;

/// <summary>What the defaults of traffic models are shares of.</summary>
internal static class TrafficDefaults
{
    /// <summary>Longest traffic that a model makes, in simulated time, 53 days: times stay far from the end of a long whatever is added to them.</summary>
    public const long LongestRun = long.MaxValue / 2;

    /// <summary>Service rate of <see cref="CoreModel.Synthetic"/> at its highest frequency, 3.39 Mpps: 100 % of load.</summary>
    public static double ReferenceRate { get; } = CoreModel.Synthetic.ServiceRate(0);

    /// <summary>Line rate, twice the reference rate: a wire is faster than the core behind it, but it has an end.</summary>
    public static double LineRate { get; } = 2 * ReferenceRate;
}
