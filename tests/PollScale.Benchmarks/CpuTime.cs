using System.Collections.Concurrent;

namespace PollScale.Benchmarks;

/// <summary>CPU time of benchmarks' cases, the least of all invocations. On a shared machine it says more than the clock.</summary>
internal static class CpuTime
{
    private static readonly ConcurrentDictionary<string, (long Operations, TimeSpan Best)> s_cases = new();

    /// <summary>Runs a case and keeps the least CPU time it took in any invocation.</summary>
    public static long Measure(string name, long operations, Func<long> run)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long result = run();
        TimeSpan took = Environment.CpuUsage.TotalTime - before;
        s_cases.AddOrUpdate(name, (operations, took), (_, known) => (operations, took < known.Best ? took : known.Best));
        return result;
    }

    /// <summary>CPU seconds of an operation in the fastest invocation of a case; null when it never ran.</summary>
    public static double? Seconds(string name) =>
        s_cases.TryGetValue(name, out (long Operations, TimeSpan Best) known) && known.Best > TimeSpan.Zero ? known.Best.TotalSeconds / known.Operations : null;
}
