using System.Diagnostics;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Reports;
using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Cli;

/// <summary>Makes the report's lines, and has them written by a thread of their own: where the report goes may take nothing for any time. From any thread.</summary>
internal sealed class ServeReporter
{
    private const int MostEvents = 256;
    private const long BlockedMs = 10_000;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly IReport _report;
    private readonly ChannelServer _server;
    private readonly Action<string> _complain;
    private readonly Outlet<ServeLine> _outlet;
    private readonly ChannelStates _states = new();
    private bool _blocked;

    /// <summary>Begins.</summary>
    /// <param name="report">The report; disposed at the end.</param>
    /// <param name="server">What it is about.</param>
    /// <param name="complain">For messages that the report itself cannot carry.</param>
    public ServeReporter(IReport report, ChannelServer server, Action<string> complain)
    {
        (_report, _server, _complain) = (report, server, complain);
        Interval = report.Interval;
        _outlet = new Outlet<ServeLine>("report", MostEvents, report.Show, e => complain($"The report cannot be written any more: {e.Message.TrimEnd('.')}. Serving goes on without it."));
    }

    /// <summary>Time between samples.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Shows a line; a notice without a message is none.</summary>
    public void Show(LineType type, string? message)
    {
        if (type != LineType.Notice || message is not null)
        {
            Offer(Line(type) with { Message = message });
        }
    }

    /// <summary>The last line, as things are now, for <see cref="Finish"/>.</summary>
    public ServeLine Last(string? message) => Line(LineType.Summary) with { Message = message };

    /// <summary>Shows a sample, and as a notice what has changed about channels since the last one. By one thread.</summary>
    public void Sample()
    {
        ServeLine sample = Line(LineType.Sample);
        if (!_report.IsLive && _states.Changed(sample.Channels) is { Count: > 0 } changes)
        {
            IEnumerable<string> rest = changes.Count > NoticeQueue.Most ? [$"and {changes.Count - NoticeQueue.Most} more channels."] : [];
            Offer(sample with { Type = LineType.Notice, Message = string.Join('\n', changes.Take(NoticeQueue.Most).Concat(rest)) });
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
        Channels = [.. _server.Channels.Select(ChannelSnapshot.Of)],
        LatencyUs = Percentiles.Of(_server.Latency(), 1e3),
    };
}
