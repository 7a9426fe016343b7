using System.Globalization;
using PollScale.Clock;
using PollScale.Cpufreq;
using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Machine;
using PollScale.Telemetry;

namespace PollScale.HostStub.Bench.Paths;

/// <summary>
/// From a burst's arrival in a VM until its pCPU has the fastest P-state, by whichever path the VM asks: both ends are records of the kernel's trace, on one
/// clock, and this program sleeps in between. The VM is anybody's, with a vCPU pinned to that pCPU and guestprobe bench-bursts in it.
/// </summary>
internal static class PathsBench
{
    private const string Instance = "pollscale-paths";
    private static readonly int[] s_percents = [50, 95, 99];
    private static readonly TimeSpan s_nap = TimeSpan.FromSeconds(1);

    /// <summary>Watches until it is told to end, then says what it saw.</summary>
    /// <param name="cpu">The pCPU.</param>
    /// <param name="options">Whose VM it is.</param>
    /// <param name="interrupt">Ends it.</param>
    /// <param name="progress">Told what goes on.</param>
    /// <param name="paths">Takes what became of each path, where the VM is made here.</param>
    /// <exception cref="GuestSetupException">This host has no real P-states or no tracing, or no burst came.</exception>
    public static IEnumerable<BenchResult> Run(int cpu, BenchOptions options, Interrupt interrupt, Action<string> progress, List<PathFacts> paths)
    {
        uint fastest = FastestKHz(cpu);
        BurstMeter meter = new(cpu, fastest);
        using (KernelTrace trace = KernelTrace.Begin(KernelTrace.DefaultRoot, Instance, ("kvm/kvm_cpuid", $"function >= {BurstMark.Burst} && function <= {BurstMark.Label}"), ("power/cpu_frequency", string.Create(CultureInfo.InvariantCulture, $"cpu_id == {cpu}"))))
        {
            if (options.ThisHost is ThisHostOptions made)
            {
                using ThisHostBench bench = new(cpu, made, interrupt, progress);
                paths.AddRange(bench.Run());
            }
            else
            {
                Wait(cpu, fastest, interrupt, progress);
            }

            foreach (string line in trace.Lines())
            {
                if (TraceEvent.TryParse(line, out TraceEvent read))
                {
                    meter.Take(read);
                }
            }

            meter.End();
        }

        return meter.Times.Count + paths.Count > 0
            ? Results(meter.Times, options.Baseline, TscClock.Frequency).Concat(Results(paths))
            : throw new GuestSetupException($"No burst was marked on CPU {cpu}: run guestprobe bench-bursts in a VM whose vCPU is pinned to it.");
    }

    private static void Wait(int cpu, uint fastest, Interrupt interrupt, Action<string> progress)
    {
        progress($"watches CPU {cpu} for {fastest} kHz after each burst that guestprobe bench-bursts marks in a VM there; Ctrl-C ends it");
        while (interrupt.Count == 0)
        {
            interrupt.Sleep(s_nap);
        }
    }

    // What could not be measured, and what else was.
    private static IEnumerable<BenchResult> Results(IEnumerable<PathFacts> paths) => paths.SelectMany(path => (((string What, double? Value, string Unit)[])
        [
            ($"not measured, for {path.WhyNot}", path.WhyNot is null ? null : double.NaN, ""),
            ("pCPU's mean clock while the VM polls at its slowest P-state", path.SlowestKhz / 1e3, "MHz"),
            ("pCPU's mean clock while the VM polls at its fastest P-state", path.FastestKhz / 1e3, "MHz"),
            ("package's power while the VM polls at its slowest P-state", path.SlowestWatts, "W"),
            ("package's power while the VM polls at its fastest P-state", path.FastestWatts, "W"),
        ]).Where(one => one.Value is not null).Select(one => new BenchResult($"{path.Label}: {one.What}", one.Value!.Value, null, one.Unit, "", true)));

    /// <summary>What is told of the bursts.</summary>
    internal static IEnumerable<BenchResult> Results(IReadOnlyList<BurstTimes> all, string? baseline, TscFrequency clock)
    {
        foreach (BurstTimes times in all)
        {
            string name = times.Label.Length > 0 ? times.Label : "no label";
            BurstTimes? other = baseline is null ? null : all.FirstOrDefault(one => one.Label == Under(baseline, times.Label) && one != times);
            yield return new BenchResult($"{name}: bursts without the fastest P-state", times.Unanswered, null, "", "0", times.Unanswered == 0);
            foreach (int percent in s_percents)
            {
                double share = percent / 100.0;
                yield return new BenchResult($"{name}: burst to fastest P-state, p{percent}", Us(times, share) ?? double.NaN, other is null ? null : Us(other, share), "us", "", true);
            }
        }

        double? Us(BurstTimes times, double share) => times.Percentile(share) is ulong ticks ? ticks * 1e3 / clock.KHz : null;
    }

    // The same label with another first word: what follows names what goes on beside.
    private static string Under(string baseline, string label) => label.IndexOf(' ', StringComparison.Ordinal) is >= 0 and int blank ? baseline + label[blank..] : baseline;

    private static uint FastestKHz(int cpu)
    {
        string file = string.Create(CultureInfo.InvariantCulture, $"{CpufreqTree.DefaultRoot}/cpu{cpu}/cpufreq/scaling_max_freq");
        try
        {
            return uint.Parse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            throw new GuestSetupException($"CPU {cpu} has no frequency that could be watched: {e.Message.TrimEnd('.')}. Paths are measured on a host with cpufreq, up to its driver.", e);
        }
    }
}
