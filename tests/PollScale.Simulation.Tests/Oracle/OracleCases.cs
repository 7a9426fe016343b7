using PollScale.Simulation.Cores;
using PollScale.Simulation.Oracle;

namespace PollScale.Simulation.Tests.Oracle;

/// <summary>Small instances for properties.</summary>
internal static class OracleCases
{
    /// <summary>A core so fast that all is feasible, with power near the cube of the rate.</summary>
    public static PowerHull Cubic { get; } = new(
        [.. Enumerable.Range(0, 160).Select(i => Math.Pow(1.25, i) * 1000)],
        [.. Enumerable.Range(0, 160).Select(i => Math.Pow(Math.Pow(1.25, i) / 1000, 3))]);

    /// <summary>Arrival times with gaps of up to 65 us, some of them 0.</summary>
    public static long[] Times(ushort[] gaps)
    {
        long time = 0;
        return [.. gaps.Select(gap => time += (gap % 4 == 0 ? 0 : gap) * SimTime.Nanosecond)];
    }

    /// <summary>Bounds of a fluid core that ends when all is due.</summary>
    public static OracleBounds Bounds(long[] arrivals, long deadline, int ringSize = int.MaxValue) =>
        new() { Deadline = deadline, RingSize = ringSize, BurstSize = 0, End = arrivals.LastOrDefault() + deadline };

    public static double Energy(long[] arrivals, long deadline, int ringSize = int.MaxValue) =>
        Energy(arrivals, Bounds(arrivals, deadline, ringSize));

    public static double Energy(long[] arrivals, OracleBounds bounds) => ClairvoyantOracle.Solve(bounds, Cubic, arrivals).Energy;
}
