using System.Globalization;
using PollScale.HostStub.Bench;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Report;
using PollScale.HostStub.Vm;
using Spectre.Console;

namespace PollScale.HostStub.Cli;

/// <summary>Runs measurements and shows them as a table.</summary>
internal sealed class BenchLauncher(IAnsiConsole console, TextWriter error, Interrupt interrupt)
{
    /// <summary>Measures.</summary>
    /// <returns>Ok when every goal is met, GuestFailed when one is missed.</returns>
    public ExitCode Run(BenchOptions options)
    {
        try
        {
            CpuPlan cpus = CpuPlan.Make(options.Cpu, null, ThreadPlacement.AllowedCpus(), traffic: false);
            using MicroVmFactory factory = new();
            BenchGuest guest = new(factory, options.Guest, cpus.Guest, cpus.Housekeeping);
            Table table = new();
            table.AddColumns("measured", "here", "baseline", "ratio", "goal", "");
            bool met = true;
            foreach (BenchResult result in Measure(options, guest, cpus.Guest))
            {
                met &= result.Met;
                table.AddRow(
                    Markup.Escape(result.Name),
                    Number(result.Ours, result.Unit),
                    result.Baseline > 0 ? Number(result.Baseline, result.Unit) : "",
                    result.Ratio > 0 ? result.Ratio.ToString("F3", CultureInfo.InvariantCulture) : "",
                    Markup.Escape(result.Goal),
                    result.Met ? "met" : "MISSED");
            }

            console.Write(table);
            console.WriteLine($"KVM module {KvmSystem.Flavour}. Compare ratios: absolute figures belong to this machine and minute.");
            return met ? ExitCode.Ok : ExitCode.GuestFailed;
        }
        catch (GuestSetupException e)
        {
            error.WriteLine($"hoststub: {SafeText.Line(e.Message)}");
            return ExitCode.Environment;
        }
        catch (OperationCanceledException)
        {
            return interrupt.Code;
        }
    }

    private IEnumerable<BenchResult> Measure(BenchOptions options, BenchGuest guest, int cpu)
    {
        BenchKind kind = options.Kind;
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

        return kind is BenchKind.Serve or BenchKind.All ? results.Concat(ServeBench.Run(options.Rounds, Progress)) : results;
    }

    private void Progress(string what)
    {
        if (interrupt.Count > 0)
        {
            throw new OperationCanceledException();
        }

        error.WriteLine($"bench: {what}");
    }

    private static string Number(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:#,0.###} {unit}");
}
