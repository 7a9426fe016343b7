using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace PollScale.Benchmarks;

/// <summary>Packets and CPU time of simulator benchmarks. On a shared machine CPU time says more than the clock.</summary>
internal static class CpuTime
{
    private static readonly ConcurrentDictionary<string, (long Packets, TimeSpan Best)> s_cases = new();

    /// <summary>Runs a case and keeps the least CPU time it took in any invocation.</summary>
    public static long Measure(SimulatorBenchmarks benchmarks, long packets, Func<long> run, [CallerMemberName] string benchmark = "")
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long result = run();
        TimeSpan took = Environment.CpuUsage.TotalTime - before;
        s_cases.AddOrUpdate(benchmarks.Case(benchmark), (packets, took), (_, known) => (packets, took < known.Best ? took : known.Best));
        return result;
    }

    /// <summary>Packets per CPU second in the fastest invocation of a case; null when it never ran.</summary>
    public static double? PacketsPerSecond(string benchmark, string traffic, double load) =>
        s_cases.TryGetValue(new SimulatorBenchmarks { Traffic = traffic, Load = load }.Case(benchmark), out (long Packets, TimeSpan Best) known) && known.Best > TimeSpan.Zero
            ? known.Packets / known.Best.TotalSeconds
            : null;
}
