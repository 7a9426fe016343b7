using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using Xunit;

namespace PollScale.Simulation.Tests.Traffic;

/// <summary>Runs traffic and looks at what came.</summary>
internal static class Sequences
{
    public const long Window = 100 * SimTime.Microsecond;

    /// <summary>One text for each model, and some with parameters.</summary>
    public static TheoryData<string> Models { get; } =
    [
        .. TrafficModels.All.Select(m => m.Name),
        "constant:rate=1234567pps,spacing=poisson",
        "on-off:spacing=even,sources=3,rate=30%",
        "mmpp:line=100%",
        "imix:spacing=even,load=80%",
        "schedule:pairs=0ns/3us/1ms/70us",
        "sparse+square:period=3ms+microburst",
    ];

    /// <summary>All arrivals.</summary>
    public static long[] Run(ITrafficModel model, ulong seed, long duration, Func<int>? bufferSize = null)
    {
        IArrivals arrivals = model.Start(seed, duration);
        List<long> all = [];
        while (true)
        {
            long[] buffer = new long[bufferSize?.Invoke() ?? 4096];
            int count = arrivals.Fill(buffer);
            all.AddRange(buffer.AsSpan(0, count));
            if (count < buffer.Length)
            {
                Assert.Equal(0, arrivals.Fill(buffer));
                return [.. all];
            }
        }
    }

    /// <summary>Most arrivals in any half-open span.</summary>
    public static int MostIn(long[] times, long span)
    {
        int first = 0, most = 0;
        for (int last = 0; last < times.Length; last++)
        {
            while (times[last] - times[first] >= span)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    /// <summary>Arrivals in each of equal spans.</summary>
    public static double[] Counts(ITrafficModel model, ulong seed, long span, int spans)
    {
        double[] counts = new double[spans];
        IArrivals arrivals = model.Start(seed, span * spans);
        long[] buffer = new long[65536];
        for (int count = arrivals.Fill(buffer); count > 0; count = arrivals.Fill(buffer))
        {
            for (int i = 0; i < count; i++)
            {
                counts[buffer[i] / span]++;
            }
        }

        return counts;
    }

    public static double Variance(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1);
    }
}
