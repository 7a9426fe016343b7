using System.ComponentModel;
using System.Globalization;
using PollScale.Clock;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>Has a VM of its own ask by each path that this host allows, a boot each, on one pCPU that it takes from nobody but for that time.</summary>
/// <param name="cpu">The pCPU.</param>
/// <param name="options">What the VM is made of.</param>
/// <param name="interrupt">Ends it.</param>
/// <param name="progress">Told what goes on.</param>
internal sealed class ThisHostBench(int cpu, ThisHostOptions options, Interrupt interrupt, Action<string> progress) : IDisposable
{
    private const int MostBoots = 2;
    private const string Ended = "bench-bursts doorbell=", Polled = "bench-bursts polled";
    private static readonly string[] s_polls = ["--spin-ms", "500"];
    private readonly CoreCycles _cycles = new("", cpu);
    private readonly PackageEnergy _energy = new("", cpu);

    /// <summary>Runs all of them.</summary>
    /// <returns>What became of each.</returns>
    public IReadOnlyList<PathFacts> Run()
    {
        List<PathFacts> all = [];
        ThreadPlacement.KeepOff(cpu); // and what is started from here
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hoststub-paths-");
        try
        {
            foreach (HostPath path in options.Paths)
            {
                string? whyNot = path.WhyNot;
                foreach (PathLoad load in options.Loads)
                {
                    string label = options.Loads.Count == 1 && load == PathLoad.None ? path.Label : $"{path.Label} load {load}";
                    all.Add(whyNot is null ? Measure(path, load, label, folder.FullName) : new PathFacts { Label = label, WhyNot = whyNot });
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return all;
    }

    /// <inheritdoc/>
    public void Dispose() => _cycles.Dispose();

    private PathFacts Measure(HostPath path, PathLoad load, string label, string folder)
    {
        for (int boot = 1; ; boot++)
        {
            progress($"{label}: a VM of its own on CPU {cpu}, {options.Bursts} bursts{(boot > 1 ? ", once more" : "")}");
            PathMeter meter = new(() => new HostReading(TscClock.Now, _cycles.Read(), _energy.Read()), _energy.Range, TscClock.Frequency);
            PathFacts facts = new() { Label = label, WhyNot = null, Boots = boot };
            try
            {
                using IDisposable? apart = load.Guests > 0 && TakesCore(path) ? HostServe.ForOthers(folder, cpu, load.Guests, interrupt) : null;
                using OtherGuests ports = new(path.Device == PathDevice.Port ? load : PathLoad.None, PathDevice.Port, folder); // they listen
                using IDisposable peer = path.Peer == PathPeer.Serve ? HostServe.For(folder, path, cpu, TakesCore(path) ? 0 : load.Guests, interrupt) : new DpdkLoop(folder, cpu, load.Guests);
                using OtherGuests pages = new(path.Device == PathDevice.Page ? load : PathLoad.None, PathDevice.Page, folder); // they connect
                VmOutcome outcome = new HostVm(options, folder, cpu, interrupt).Run(
                    path.Device, path.Device == PathDevice.Page ? PathSockets.Page(folder) : PathSockets.Port(folder), meter.Take, Polls.Length > 0 ? Polled : Ended,
                    ["bench-bursts", options.Bursts.ToString(CultureInfo.InvariantCulture), "--doorbell", path.Doorbell, "--label", Quoted(label), "--reply-ms", "1000", .. Polls]);
                if (outcome is { CameUp: false, Problem: not null } && boot < MostBoots)
                {
                    progress($"{label}: {outcome.Problem}");
                    continue;
                }

                OtherGuests others = path.Device == PathDevice.Page ? pages : ports;
                others.Stop();
                return Told(facts, meter) with { WhyNot = WhyNot(path, outcome), BesideAsked = others.Asked, BesideAnswered = others.Answered };
            }
            catch (Exception e) when (e is GuestSetupException or Win32Exception)
            {
                return Told(facts, meter) with { WhyNot = e.Message.TrimEnd('.') };
            }
        }
    }

    // A kernel hands its init what stands in quotes as one argument.
    private static string Quoted(string label) => label.Contains(' ', StringComparison.Ordinal) ? $"\"{label}\"" : label;

    // Where nothing is counted there is no need of it.
    private string[] Polls => _cycles.WhyNot is null || _energy.WhyNot is null ? s_polls : [];

    private static bool TakesCore(HostPath path) => path.Mode is HypercallMode.Answered or HypercallMode.Module;

    private static string? WhyNot(HostPath path, VmOutcome outcome)
    {
        string? told = outcome.Console.Lines.FirstOrDefault(line => line.StartsWith(Ended, StringComparison.Ordinal));
        return outcome.Problem
            ?? (told is null ? $"guestprobe did not end: {outcome.Console.Lines.LastOrDefault(line => line.StartsWith("guestprobe", StringComparison.Ordinal) && line != HostVm.Up) ?? outcome.Console.Tail}"
            : told.Contains($"doorbell={path.Doorbell} ", StringComparison.Ordinal) ? null
            : $"the SDK took another way: {told.Trim()}");
    }

    private PathFacts Told(PathFacts facts, PathMeter meter) => facts with
    {
        SlowestKhz = meter.SlowestKHz,
        FastestKhz = meter.FastestKHz,
        SlowestWatts = meter.SlowestWatts,
        FastestWatts = meter.FastestWatts,
        BurstsJ = meter.BurstsJ,
        BurstsS = meter.BurstsS,
        WhyNoCycles = _cycles.WhyNot,
        WhyNoEnergy = _energy.WhyNot,
    };
}
