using PollScale.HostStub.Bench.Paths;
using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.HostStub.Bench.Region;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Html;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Run;
using PollScale.HostStub.Vm;
using PollScale.Programs;
using Spectre.Console;

namespace PollScale.HostStub.Bench;

/// <summary>Runs measurements and shows them.</summary>
/// <param name="output">For results.</param>
/// <param name="error">For progress.</param>
/// <param name="terminal">The terminal behind <paramref name="output"/>; null when it is none.</param>
/// <param name="interrupt">Ctrl-C.</param>
internal sealed class BenchLauncher(TextWriter output, TextWriter error, IAnsiConsole? terminal, Interrupt interrupt)
{
    /// <summary>Measures.</summary>
    /// <returns>Ok when every goal is met, GuestFailed when one is missed.</returns>
    public ExitCode Run(BenchOptions options)
    {
        IReport report = options.Json ? new JsonLines(output, ReportJson.Default) : new BenchTable(terminal ?? Consoles.Plain(output));
        CpuPlan cpus = CpuPlan.Make(options.Cpu, null, ThreadPlacement.AllowedCpus(), traffic: false);
        using MicroVmFactory factory = new();
        BenchGuest guest = new(factory, options.Guest, cpus.Guest, cpus.Housekeeping);
        using PageFile? file = PageFile.Begin(options.Report);
        BenchStart start = new()
        {
            Bench = options.Kind.ToString().ToLowerInvariant(),
            Guest = options.Guest,
            Rounds = options.Rounds,
            Cpu = cpus.Guest,
            KvmModule = KvmSystem.Flavour,
            Host = options.Kind == BenchKind.Paths ? HostFacts.Read(cpus.Guest) : null,
        };
        report.Show(start);
        List<PathFacts> paths = [];
        List<BenchResult> results = [];
        ExitCode code = ExitCode.Ok;
        try
        {
            foreach (BenchResult result in Measure(options, guest, cpus.Guest, paths))
            {
                results.Add(result);
                report.Show(result);
            }

            code = results.All(result => result.Met) ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            code = interrupt.Code;
        }

        BenchSummary summary = new() { Measured = results.Count, Missed = results.Count(result => !result.Met), Paths = paths, ExitCode = (int)code };
        if (file is not null)
        {
            code = file.Show(BenchPage.Of(start, results, summary), code, error.WriteLine);
        }

        report.Show(summary with { ExitCode = (int)code });
        return code;
    }

    private IEnumerable<BenchResult> Measure(BenchOptions options, BenchGuest guest, int cpu, List<PathFacts> paths)
    {
        BenchKind kind = options.Kind;
        if (kind == BenchKind.Paths)
        {
            return PathsBench.Run(cpu, options, interrupt, Progress, paths);
        }

        IEnumerable<BenchResult> results = [];
        if (kind is BenchKind.Boot or BenchKind.All)
        {
            results = results.Concat(BootBench.Run(guest, options.Rounds, Progress));
        }

        if (kind is BenchKind.Exits or BenchKind.All)
        {
            results = results.Concat(ExitsBench.Run(guest, options.Rounds, cpu, Progress));
        }

        if (kind is BenchKind.Poll or BenchKind.All)
        {
            results = results.Concat(PollBench.Run(guest, options.Rounds, Progress));
        }

        if (kind is BenchKind.Ring or BenchKind.All)
        {
            results = results.Concat(RingBench.Run(options.Rounds, Progress));
        }

        if (kind is BenchKind.Serve or BenchKind.All)
        {
            results = results.Concat(ServeBench.Run(options.Rounds, Progress));
        }

        return kind is BenchKind.Region or BenchKind.All ? results.Concat(RegionBench.Run(options.Rounds, Progress)) : results;
    }

    private void Progress(string what)
    {
        if (interrupt.Count > 0)
        {
            throw new OperationCanceledException();
        }

        error.WriteLine($"bench: {what}");
    }
}
