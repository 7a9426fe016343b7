using System.Diagnostics;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Reports;
using PollScale.Telemetry;

namespace PollScale.HostStub.Cli;

/// <summary>Makes the report's events, and has them written by a thread of their own: where the report goes may take nothing for any time. From any thread.</summary>
internal sealed class ServeReporter
{
    private const int MostEvents = 256;
    private const long BlockedMs = 10_000;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly IServeReport _report;
    private readonly ChannelServer _server;
    private readonly Action<string> _complain;
    private readonly Outlet<ServeEvent> _outlet;
    private readonly ChannelStates _states = new();
    private bool _blocked;

    /// <summary>Begins.</summary>
    /// <param name="report">The report; disposed at the end.</param>
    /// <param name="server">What it is about.</param>
    /// <param name="complain">For messages that the report itself cannot carry.</param>
    public ServeReporter(IServeReport report, ChannelServer server, Action<string> complain)
    {
        (_report, _server, _complain) = (report, server, complain);
        Interval = report.Interval;
        _outlet = new Outlet<ServeEvent>("report", MostEvents, report.Show, e => complain($"The report cannot be written any more: {e.Message.TrimEnd('.')}. Serving goes on without it."));
    }

    /// <summary>Time between samples.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Shows an event; a notice without a message is none.</summary>
    public void Show(string what, string? message)
    {
        if (what != "notice" || message is not null)
        {
            Offer(Event(what) with { Message = message });
        }
    }

    /// <summary>Shows a sample, and as a notice what has changed about channels since the last one. By one thread.</summary>
    public void Sample()
    {
        ServeEvent sample = Event("sample");
        if (_report.TellsStates && _states.Changed(sample.Channels) is { Count: > 0 } changes)
        {
            IEnumerable<string> rest = changes.Count > NoticeQueue.Most ? [$"and {changes.Count - NoticeQueue.Most} more channels."] : [];
            Offer(sample with { Event = "notice", Message = string.Join('\n', changes.Take(NoticeQueue.Most).Concat(rest)) });
        }

        Offer(sample);
        bool blocked = _outlet.BlockedMs > BlockedMs;
        if (blocked && !_blocked)
        {
            _complain($"The report has taken nothing for {BlockedMs / 1000} s: its reader sleeps. What it should show meanwhile is lost; serving goes on.");
        }

        _blocked = blocked;
    }

    /// <summary>Ends the report.</summary>
    /// <returns>False when its last lines could not be written in time.</returns>
    public bool Finish(TimeSpan patience)
    {
        bool written = _outlet.Finish(patience);
        if (written)
        {
            _report.Dispose();
        }

        return written;
    }

    private void Offer(ServeEvent what) => _outlet.Offer(what);

    private ServeEvent Event(string what)
    {
        HistogramSnapshot latency = _server.Latency();
        return new ServeEvent
        {
            Event = what,
            TimeS = _time.Elapsed.TotalSeconds,
            Channels = [.. _server.Channels.Select(ChannelSnapshot.Of)],
            LatencyP50Us = latency.Percentile(0.5) / 1e3,
            LatencyP99Us = latency.Percentile(0.99) / 1e3,
        };
    }
}
