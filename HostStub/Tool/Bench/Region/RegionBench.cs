using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Bench.Region;

/// <summary>
/// Answers over the shared page: of a VM alone, beside VMs that ask a thousand times a second, and beside a hostile one, in alternating rounds. Against the
/// hostile ones stands a VM that does the same to a page which nobody serves: what it takes of the CPUs is not the daemon's doing.
/// </summary>
internal static class RegionBench
{
    private const double MostMoved = 1.2;
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(2); // after one second who floods is paused for longest

    private static readonly (Neighbour Kind, string Name)[] s_hostile =
    [
        (Neighbour.Rings, "rings for nothing"), (Neighbour.Floods, "floods"), (Neighbour.Scribbles, "scribbles over its page"),
    ];

    public static IEnumerable<BenchResult> Run(int rounds, Action<string> progress)
    {
        IReadOnlyList<int> cpus = ThreadPlacement.AllowedCpus();
        int? own = cpus.Count > 1 ? cpus[^1] : null;
        if (own is int cpu)
        {
            ThreadPlacement.KeepOff(cpu);
        }

        Measure(0, served: true, Neighbour.Paced, own); // what is compiled by then is measured by none
        List<RegionLoadResult> alone = [], two = [], four = [];
        List<RegionLoadResult>[] calm = [.. s_hostile.Select(_ => new List<RegionLoadResult>())], hostile = [.. s_hostile.Select(_ => new List<RegionLoadResult>())];
        for (int round = 1; round <= rounds; round++)
        {
            progress($"shared pages: round {round} of {rounds}");
            alone.Add(Measure(0, served: true, Neighbour.Paced, own));
            two.Add(Measure(1, served: true, Neighbour.Paced, own));
            four.Add(Measure(3, served: true, Neighbour.Paced, own));
            for (int kind = 0; kind < s_hostile.Length; kind++)
            {
                calm[kind].Add(Measure(1, served: false, s_hostile[kind].Kind, own));
                hostile[kind].Add(Measure(1, served: true, s_hostile[kind].Kind, own));
            }
        }

        long unanswered = alone.Concat(two).Concat(four).Concat(calm.Concat(hostile).SelectMany(results => results)).Sum(result => result.Unanswered);
        yield return new BenchResult("requests over a page: unanswered", unanswered, null, "", "0", unanswered == 0);
        yield return new BenchResult("p50 of 2 VMs on one daemon, and of 1", P50(two), P50(alone), "us", "", true);
        yield return new BenchResult("p99 of 2 VMs on one daemon, and of 1", P99(two), P99(alone), "us", "", true);
        yield return new BenchResult("p50 of 4 VMs on one daemon, and of 1", P50(four), P50(alone), "us", "", true);
        yield return new BenchResult("p99 of 4 VMs on one daemon, and of 1", P99(four), P99(alone), "us", "", true);
        for (int kind = 0; kind < s_hostile.Length; kind++)
        {
            double with = P99(hostile[kind]), without = P99(calm[kind]);
            yield return new BenchResult($"p50 beside a VM that {s_hostile[kind].Name}, and beside one that nobody serves", P50(hostile[kind]), P50(calm[kind]), "us", "", true);
            yield return new BenchResult($"p99 beside a VM that {s_hostile[kind].Name}, and beside one that nobody serves", with, without, "us", $"at most {MostMoved} x", with <= without * MostMoved);
        }
    }

    private static double P50(IEnumerable<RegionLoadResult> results) => BenchResult.Median(results.Select(result => result.P50Us));

    private static double P99(IEnumerable<RegionLoadResult> results) => BenchResult.Median(results.Select(result => result.P99Us));

    private static RegionLoadResult Measure(int neighbours, bool served, Neighbour kind, int? cpu)
    {
        using RegionLoad load = new(neighbours, served);
        return load.Run(kind, s_round, cpu);
    }
}
