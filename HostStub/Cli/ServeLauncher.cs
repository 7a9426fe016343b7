using System.Collections.Concurrent;
using System.Diagnostics;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Reports;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Report;
using PollScale.Telemetry;
using Spectre.Console;

namespace PollScale.HostStub.Cli;

/// <summary>Serves until Ctrl-C or SIGTERM; SIGHUP reads the configuration again.</summary>
/// <param name="output">For the report.</param>
/// <param name="error">For messages.</param>
/// <param name="terminal">The terminal behind <paramref name="output"/>; null when it is none.</param>
/// <param name="interrupt">Ctrl-C and SIGTERM.</param>
/// <param name="variable">Value of an environment variable, or null.</param>
internal sealed class ServeLauncher(TextWriter output, TextWriter error, IAnsiConsole? terminal, Interrupt interrupt, Func<string, string?> variable)
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly ConcurrentQueue<string> _notices = [];

    /// <summary>Serves.</summary>
    public ExitCode Run(ServeOptions options)
    {
        interrupt.HangupReloads = true;
        try
        {
            using IServePlan plan = options.HostPolicy is null ? new ServePlan(options) : new ServePolicy(options, _notices.Enqueue);
            using ServiceNotifier notifier = new(variable);
            using ChannelServer server = new(plan.Bindings, notifier.WatchdogPeriod, notifier.Alive);
            using IServeReport report = options.Json ? new ServeJsonLines(output) : terminal is null ? new ServePlainLines(output) : new ServeLiveTable(terminal);
            return Serve(plan, server, notifier, report);
        }
        catch (Exception e) when (e is ChannelException or AuditException or PolicyException)
        {
            Complain(e.Message);
            return e is PolicyException ? ExitCode.Usage : ExitCode.Environment;
        }
        finally
        {
            // The report has ended: this is what giving the pCPUs back came to.
            while (_notices.TryDequeue(out string? notice))
            {
                Complain(notice);
            }
        }
    }

    private ExitCode Serve(IServePlan plan, ChannelServer server, ServiceNotifier notifier, IServeReport report)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                server.Run();
            }
            catch (Exception e)
            {
                failure = e;
                interrupt.Wake();
            }
        })
        { Name = "channels" };
        report.Show(Event("start", server));
        ShowNotices(report, server);
        thread.Start();
        notifier.Ready($"Serving {server.Channels.Count} channels");
        int hangups = 0;
        TimeSpan nextSample = _time.Elapsed;
        while (interrupt.Count == 0 && failure is null)
        {
            interrupt.Sleep(s_tick);
            plan.Poll();
            ShowNotices(report, server);
            if (interrupt.Hangups is int seen && seen > hangups)
            {
                hangups = seen;
                notifier.Reloading();
                string message = plan.Reload(server);
                report.Show(Event("reload", server) with { Message = message });
                notifier.Ready($"Serving {server.Channels.Count} channels");
            }
            else if (_time.Elapsed >= nextSample)
            {
                nextSample = _time.Elapsed + report.Interval;
                report.Show(Event("sample", server));
            }
        }

        notifier.Stopping();
        server.Stop();
        thread.Join();
        ShowNotices(report, server);
        report.Show(Event("end", server));
        return failure is null ? ExitCode.Ok : throw new InvalidOperationException($"The serving thread failed: {failure.Message}", failure);
    }

    private void ShowNotices(IServeReport report, ChannelServer server)
    {
        while (_notices.TryDequeue(out string? notice))
        {
            report.Show(Event("notice", server) with { Message = notice });
        }
    }

    private void Complain(string text) => error.WriteLine($"hoststub: {string.Join(Environment.NewLine, SafeText.Lines(text))}");

    private ServeEvent Event(string what, ChannelServer server)
    {
        HistogramSnapshot latency = server.Latency.Snapshot();
        return new ServeEvent
        {
            Event = what,
            TimeS = _time.Elapsed.TotalSeconds,
            Channels = [.. server.Channels.Select(ChannelSnapshot.Of)],
            LatencyP50Us = latency.Percentile(0.5) / 1e3,
            LatencyP99Us = latency.Percentile(0.99) / 1e3,
        };
    }
}
