using Microsoft.Extensions.Logging;
using PollScale.HostStub.Guest;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Log;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Programs;
using Spectre.Console;

namespace PollScale.HostStub.Run;

/// <summary>Chooses the kind of guest and of report for a run, and runs it.</summary>
/// <param name="microVm">Factory of micro-VMs.</param>
/// <param name="probeKvm">Why /dev/kvm cannot be used here, or null when it can.</param>
/// <param name="output">For reports.</param>
/// <param name="error">For messages.</param>
/// <param name="terminal">The terminal behind <paramref name="output"/>; null when it is none.</param>
/// <param name="interrupt">Ctrl-C.</param>
/// <param name="host">Which events are told; null for the usual ones.</param>
/// <param name="reserveCpu">Keeps this process's other threads off the lcore's CPU; null leaves them where they are.</param>
internal sealed class RunLauncher(
    IGuestFactory microVm, Func<string?> probeKvm, TextWriter output, TextWriter error, IAnsiConsole? terminal, Interrupt interrupt,
    Action<int>? reserveCpu = null, HostLog? host = null)
{
    private const int ErrorFd = 2;

    /// <summary>Runs.</summary>
    /// <exception cref="UsageException">There is no such guest.</exception>
    /// <exception cref="GuestSetupException">There is no /dev/kvm for it.</exception>
    public ExitCode Run(RunOptions options)
    {
        if (!File.Exists(options.Guest))
        {
            throw new UsageException($"there is no guest at {SafeText.Line(options.Guest)}. {(options.IsDemo ? "Publish Samples/QueueScaler and name the ELF with --guest PATH." : "Check the path.")}");
        }

        if (!options.NoVm && probeKvm() is string problem)
        {
            if (!options.IsDemo)
            {
                throw new GuestSetupException($"{problem} Or run the guest without a VM: --no-vm.");
            }

            error.WriteLine($"hoststub: {problem}");
            error.WriteLine("hoststub: the demo goes on without a VM: the guest is a plain process and calls through a socket.");
            options = options with { NoVm = true, Doorbell = DoorbellChoice.Auto };
        }

        ILogger log = (host ?? new HostLog()).Open(new LogLines(error, Journal.Takes(ErrorFd, Environment.GetEnvironmentVariable)).Write);
        IReport reporter = options.Json ? new JsonLines(output, ReportJson.Default, error)
            : terminal is not null && options.HasTraffic && !options.ShowsChanges ? new LiveTable(terminal, new PlainLines(output, error))
            : new PlainLines(output, error);
        return new RunSession(options, options.NoVm ? new HostProcessFactory() : microVm, reporter, error, interrupt, reserveCpu, log).Run();
    }
}
