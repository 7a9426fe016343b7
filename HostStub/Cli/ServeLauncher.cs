using System.ComponentModel;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Reports;
using PollScale.HostStub.Platform;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Native;
using Spectre.Console;

namespace PollScale.HostStub.Cli;

/// <summary>Serves until Ctrl-C or SIGTERM; SIGHUP reads the configuration again.</summary>
/// <param name="output">For the report.</param>
/// <param name="error">For messages.</param>
/// <param name="terminal">The terminal behind <paramref name="output"/>; null when it is none.</param>
/// <param name="interrupt">The signals.</param>
/// <param name="variable">Value of an environment variable, or null.</param>
internal sealed class ServeLauncher(TextWriter output, TextWriter error, IAnsiConsole? terminal, Interrupt interrupt, Func<string, string?> variable)
{
    private const int MostMessages = 1000;
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(0.5);

    /// <summary>Serves.</summary>
    public ExitCode Run(ServeOptions options)
    {
        interrupt.HangupReloads = true;
        if (options.CheckPolicy is not null)
        {
            return new ServeCheckLauncher(output).Run(options);
        }

        NoticeQueue notices = new();
        Outlet<string> messages = new("messages", MostMessages, error.WriteLine, _ => { });
        void Complain(string text) => messages.Offer($"hoststub: {string.Join(Environment.NewLine, SafeText.Lines(text))}");
        using ServiceNotifier notifier = new(variable);
        using ServeRun run = new(options, notices, interrupt, notifier, Complain);
        bool hangs = false, summed = false;
        string cause = "It was told to end before it served.";
        ExitCode code;
        try
        {
            code = run.Run(() =>
            {
                summed = true;
                return new GuardedReport(Report(options), Complain);
            });
        }
        catch (Exception e) when (CodeOf(e) != ExitCode.Internal)
        {
            Complain(e.Message);
            (code, cause, summed) = (CodeOf(e), SafeText.Line(e.Message), ReportedFailure.IsSet(e));
        }
        finally
        {
            // The report has ended: this is what giving the pCPUs back came to.
            if (notices.Take() is string last)
            {
                Complain(last);
            }

            hangs = run.Hangs | !messages.Finish(s_lastWords);
        }

        if (options.Json && !summed)
        {
            new GuardedReport(Report(options), _ => { }).Show(new FailureLine { Cause = cause, ExitCode = (int)code });
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
        PolicyException { IsMachines: false } or AuditException { IsMachines: false } => ExitCode.Usage,
        ChannelException or AuditException or PolicyException or PlacementException or HostUnusableException or Win32Exception or IOException
            or UnauthorizedAccessException or OutOfMemoryException or ThreadStartException => ExitCode.Environment,
        _ => ExitCode.Internal,
    };

    private IReport Report(ServeOptions options) =>
        options.Json ? new ChangedChannels(new JsonLines(output, ReportJson.Default, interval: options.Interval))
        : terminal is null ? new ServePlainLines(output)
        : new ServeLiveTable(terminal, new ServePlainLines(output));
}
