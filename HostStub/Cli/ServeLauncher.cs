using System.Diagnostics;
using System.Runtime.InteropServices;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Reports;
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
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private int _hangups;

    /// <summary>Serves.</summary>
    public ExitCode Run(ServeOptions options)
    {
        try
        {
            using ServePlan plan = new(options);
            using ServiceNotifier notifier = new(variable);
            using ChannelServer server = new(plan.Bindings, notifier.WatchdogPeriod, notifier.Alive);
            using PosixSignalRegistration hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                Interlocked.Increment(ref _hangups);
                interrupt.Wake();
            });
            using IServeReport report = options.Json ? new ServeJsonLines(output) : terminal is null ? new ServePlainLines(output) : new ServeLiveTable(terminal);
            return Serve(plan, server, notifier, report);
        }
        catch (ChannelException e)
        {
            error.WriteLine($"hoststub: {SafeText.Line(e.Message)}");
            return ExitCode.Environment;
        }
    }

    private ExitCode Serve(ServePlan plan, ChannelServer server, ServiceNotifier notifier, IServeReport report)
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
        thread.Start();
        notifier.Ready($"Serving {server.Channels.Count} channels");
        int hangups = 0;
        while (interrupt.Count == 0 && failure is null)
        {
            interrupt.Sleep(report.Interval);
            plan.Poll();
            if (Volatile.Read(ref _hangups) is int seen && seen > hangups)
            {
                hangups = seen;
                notifier.Reloading();
                report.Show(Event("reload", server) with { Message = ServePlan.Reload() });
                notifier.Ready($"Serving {server.Channels.Count} channels");
            }
            else
            {
                report.Show(Event("sample", server));
            }
        }

        notifier.Stopping();
        server.Stop();
        thread.Join();
        report.Show(Event("end", server));
        return failure is null ? ExitCode.Ok : throw new InvalidOperationException($"The serving thread failed: {failure.Message}", failure);
    }

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
