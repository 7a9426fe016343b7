using System.Globalization;
using PollScale.Clock;
using PollScale.HostStub.Daemon.Shards;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Placement;
using PollScale.Placement;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;

namespace PollScale.HostStub.Bench;

/// <summary>Service latency of 64 guest channels at 1000 requests/s each on the threads that serve has for simulated cores, without and with one that floods, in alternating rounds. Without, the flooder's thread is at work all the same.</summary>
internal static class ServeBench
{
    private const int Channels = 64;
    private const int RequestsPerSecond = 1000;
    private const double MostSlowdown = 1.2;
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static IEnumerable<BenchResult> Run(int rounds, Action<string> progress)
    {
        IReadOnlyList<int> cpus = ThreadPlacement.AllowedCpus();
        int? sender = cpus.Count > 1 ? cpus[^1] : null;
        if (sender is int own)
        {
            ThreadPlacement.KeepOff(own);
        }

        List<ChannelLoadResult> calm = [], flooded = [];
        for (int round = 1; round <= rounds; round++)
        {
            progress($"guest channels: round {round} of {rounds}");
            calm.Add(Measure(flood: false, sender));
            flooded.Add(Measure(flood: true, sender));
        }

        long sent = calm.Concat(flooded).Sum(result => result.Sent), lost = sent - calm.Concat(flooded).Sum(result => result.Answered);
        double with = BenchResult.Median(flooded.Select(result => result.P99Us)), without = BenchResult.Median(calm.Select(result => result.P99Us));
        string rate = string.Create(CultureInfo.InvariantCulture, $"{Channels} guest channels, {RequestsPerSecond}/s each");
        yield return new BenchResult($"{rate}: requests unanswered", lost, null, "", "0", lost == 0);
        yield return new BenchResult($"{rate}: p99 with one flooding, and without", with, without, "us", $"at most {MostSlowdown} x", with <= without * MostSlowdown);
        yield return new BenchResult($"{rate}: the same in the worst channel", BenchResult.Median(flooded.Select(result => result.WorstP99Us)), BenchResult.Median(calm.Select(result => result.WorstP99Us)), "us", "", true);
        if (SimulatedShards.Count > 1)
        {
            double beside = BenchResult.Median(flooded.Select(result => result.BesideP99Us)), elsewhere = BenchResult.Median(flooded.Select(result => result.ElsewhereP99Us));
            yield return new BenchResult($"{rate}: p99 on the flooder's thread, and on others, while it floods", beside, elsewhere, "us", "", true);
        }

        yield return new BenchResult("requests of the flooding channel", flooded.Average(result => result.Flooded) / s_round.TotalSeconds, null, "/s", "", true);
    }

    private static ChannelLoadResult Measure(bool flood, int? cpu)
    {
        double tscHz = TscClock.FrequencyKHz * 1000.0;
        using ChannelLoad load = new(Channels, _ => Service(tscHz), SimulatedShards.Count);
        ChannelLoadResult? result = null;
        HostThread sending = new("sender", () => result = load.Run(RequestsPerSecond, s_round, flood, s_patience, burn: !flood, cpu));
        sending.Start();
        sending.JoinOrThrow();
        return result!;
    }

    private static VcpuService Service(double tscHz) => OneGuest.Start(OneGuest.Guest, new SimulatedBackend(PStateFile.Default(), tscHz, TscClock.Now), tscHz, TscClock.Now)
        .ServiceFor(OneGuest.Name, FrequencyPolicy.LcoreVcpu);
}
