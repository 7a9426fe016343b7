namespace PollScale.HostStub.Bench;

/// <summary>Doorbell round trips in a micro-VM against the bare C loop, in alternating rounds, so that both meet the same machine.</summary>
internal static class ExitsBench
{
    private const double MostRatio = 1.15;
    private const int CallsPerRound = 20_000;

    public static IEnumerable<BenchResult> Run(BenchGuest guest, int rounds, int cpu, Action<string> progress)
    {
        using ExitBaseline baseline = new();
        foreach (string doorbell in (string[])["port", "mmio"])
        {
            List<double> ours = [], bare = [];
            for (int round = 1; round <= rounds; round++)
            {
                progress($"{doorbell}: round {round} of {rounds}");
                bare.Add(baseline.MedianNs(doorbell, CallsPerRound, cpu));
                ours.Add(guest.RunInVm("bench-calls", $"{CallsPerRound}", "--doorbell", doorbell)["p50_ns"]);
            }

            double ourMedian = BenchResult.Median(ours), bareMedian = BenchResult.Median(bare);
            yield return new BenchResult($"{doorbell} doorbell round trip, p50", ourMedian, bareMedian, "ns",
                $"at most {MostRatio} x a bare C loop", ourMedian <= MostRatio * bareMedian);
        }
    }
}
