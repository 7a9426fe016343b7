using System.ComponentModel;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Log;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Serve.Metering;
using PollScale.HostStub.Serve.Reports;
using PollScale.Native;
using PollScale.Placement;
using PollScale.Programs;
using Spectre.Console;

namespace PollScale.HostStub.Serve;

/// <summary>Serves until Ctrl-C or SIGTERM; SIGHUP reads the configuration again.</summary>
/// <param name="output">For the report.</param>
/// <param name="error">For messages.</param>
/// <param name="terminal">The terminal behind <paramref name="output"/>; null when it is none.</param>
/// <param name="interrupt">The signals.</param>
/// <param name="variable">Value of an environment variable, or null.</param>
/// <param name="host">Which events are told; null for the usual ones.</param>
internal sealed class ServeLauncher(TextWriter output, TextWriter error, IAnsiConsole? terminal, Interrupt interrupt, Func<string, string?> variable, HostLog? host = null)
{
    private const int MostMessages = 1000, OutputFd = 1, ErrorFd = 2;
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(0.5);

    /// <summary>Serves.</summary>
    public ExitCode Run(ServeOptions options)
    {
        interrupt.HangupReloads = true;
        if (options.CheckPolicy is not null)
        {
            return new ServeCheckLauncher(output).Run(options);
        }

        options = options with { Metrics = MetricsChoice.Of(options.Metrics, variable) };
        HostLog log = host ?? new HostLog();
        NoticeQueue notices = new(log);
        LogLines lines = new(error, Journal.Takes(ErrorFd, variable));
        Outlet<LogEvent> messages = new("messages", MostMessages, lines.Write, _ => { });
        ILogger errors = log.Open(what => messages.Offer(what));
        using ServiceNotifier notifier = new(variable);
        using ServeRun run = new(options, notices, interrupt, notifier, new DescriptorStore(notifier, variable), variable, log, errors);
        bool hangs = false, summed = false;
        string cause = "It was told to end before it served.";
        ExitCode code;
        try
        {
            code = run.Run(() =>
            {
                summed = true;
                return new GuardedReport(Report(options, errors), text => ServeLog.ReportTrouble(errors, text));
            });
        }
        catch (Exception e) when (CodeOf(e) != ExitCode.Internal)
        {
            ServeLog.ServeFailed(errors, e.Message);
            (code, cause, summed) = (CodeOf(e), SafeText.Line(e.Message), ReportedFailure.IsSet(e));
        }
        finally
        {
            // The report has ended: this is what giving the pCPUs back came to.
            foreach (LogEvent last in notices.Take())
            {
                messages.Offer(last);
            }

            hangs = run.Hangs | !messages.Finish(s_lastWords);
        }

        if (options.Json && !summed)
        {
            new GuardedReport(Report(options, errors), _ => { }).Show(new FailureLine { Cause = cause, ExitCode = (int)code });
        }

        if (hangs)
        {
            LibC._exit((int)code); // what runs at a process's end would wait for what hangs
        }

        return code;
    }

    /// <summary>What serve ends with when it fails so: the file's fault, or what the machine refuses (files, descriptors, threads, memory). Anything else is a defect.</summary>
    public static ExitCode CodeOf(Exception failure) => failure switch
    {
        PolicyException { IsMachines: false } or AuditException { IsMachines: false } or MetricsException { IsMachines: false } => ExitCode.Usage,
        ChannelException or AuditException or MetricsException or PolicyException or PlacementException or HostUnusableException or Win32Exception or IOException
            or UnauthorizedAccessException or OutOfMemoryException or ThreadStartException => ExitCode.Environment,
        _ => ExitCode.Internal,
    };

    private IReport Report(ServeOptions options, ILogger errors) =>
        options.Json ? new ChangedChannels(new JsonLines(output, ReportJson.Default, interval: options.Interval))
        : terminal is null ? new ServePlainLines(output, Journal.Takes(OutputFd, variable))
        : new ServeLiveTable(terminal, new ServePlainLines(output), text => ServeLog.ReportTrouble(errors, text));
}
