using System.Diagnostics;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Log;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Serve.Reports;
using PollScale.Telemetry;

namespace PollScale.HostStub.Serve;

/// <summary>Makes the report's lines, and has them written by a thread of their own: where the report goes may take nothing for any time. From any thread.</summary>
internal sealed class ServeReporter
{
    private const int MostEvents = 256;
    private const long BlockedMs = 10_000;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly IReport _report;
    private readonly Servers _servers;
    private readonly ILogger _errors;
    private readonly List<LogEvent> _changes = [];
    private readonly ILogger _changing;
    private readonly Outlet<ServeLine> _outlet;
    private readonly ChannelStates _states = new();
    private bool _blocked;

    /// <summary>Begins.</summary>
    /// <param name="report">The report; disposed at the end.</param>
    /// <param name="servers">What it is about.</param>
    /// <param name="host">Which events are told.</param>
    /// <param name="errors">For what the report itself cannot carry.</param>
    public ServeReporter(IReport report, Servers servers, HostLog host, ILogger errors)
    {
        (_report, _servers, _errors) = (report, servers, errors);
        _changing = host.Open(_changes.Add);
        Interval = report.Interval;
        _outlet = new Outlet<ServeLine>("report", MostEvents, report.Show, e => ServeLog.ReportEnded(errors, e.Message.TrimEnd('.')));
    }

    /// <summary>Time between samples.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Shows a line; a notice without an event is none.</summary>
    public void Show(LineType type, IReadOnlyList<LogEvent> events)
    {
        if (type != LineType.Notice || events.Count > 0)
        {
            Offer(Line(type) with { Events = events });
        }
    }

    /// <summary>The last line, as things are now, for <see cref="Finish"/>.</summary>
    public ServeLine Last(IReadOnlyList<LogEvent> events) => Line(LineType.Summary) with { Events = events };

    /// <summary>Shows a sample, and as a notice what has changed about channels since the last one. By one thread.</summary>
    public void Sample()
    {
        ServeLine sample = Line(LineType.Sample);
        if (!_report.IsLive)
        {
            _changes.Clear();
            _states.Tell(sample.Channels, _changing);
            if (_changes.Count > 0)
            {
                Offer(sample with { Type = LineType.Notice, Events = [.. _changes] });
            }
        }

        Offer(sample);
        bool blocked = _outlet.BlockedMs > BlockedMs;
        if (blocked && !_blocked)
        {
            ServeLog.ReportBlocked(_errors, BlockedMs / 1000);
        }

        _blocked = blocked;
    }

    /// <summary>Ends the report.</summary>
    /// <param name="last">Its last line.</param>
    /// <param name="patience">How long it may take.</param>
    /// <returns>False when its last lines could not be written in time.</returns>
    public bool Finish(ServeLine last, TimeSpan patience)
    {
        Offer(last);
        bool written = _outlet.Finish(patience);
        if (written)
        {
            _report.Dispose();
        }

        return written;
    }

    private void Offer(ServeLine line) => _outlet.Offer(line);

    private ServeLine Line(LineType type) => new(type)
    {
        TimeS = _time.Elapsed.TotalSeconds,
        Channels = [.. _servers.Reported.Select(ChannelSnapshot.Of)],
        LatencyUs = Percentiles.Of(_servers.Channels.Latency(), 1e3),
    };
}
