using PollScale.HostStub.Traffic;

namespace PollScale.HostStub.Bench;

/// <summary>64-byte packets through the packet rings alone, on one core.</summary>
internal static class RingBench
{
    private const double LeastMpps = 30;
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(1);

    public static IEnumerable<BenchResult> Run(int rounds, Action<string> progress)
    {
        progress("rings");
        double alone = Enumerable.Range(0, rounds).Max(_ => RingBenchmark.SingleCore(s_time));
        yield return new BenchResult("ring alone, one core, 64-byte packets", alone, null, "Mpps", $"at least {LeastMpps}", alone >= LeastMpps);
        double echo = Enumerable.Range(0, rounds).Max(_ => RingBenchmark.SingleCoreEcho(s_time));
        yield return new BenchResult("rx ring to tx ring, copied and checked, one core", echo, null, "Mpps", "reported", true);
    }
}
