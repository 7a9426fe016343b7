using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Log;

namespace PollScale.HostStub.Serve;

/// <summary>What the operator should know, on its way to the report. From any thread; what many guests bring about at once is cut to a number that can be read.</summary>
/// <param name="host">Which events are told.</param>
internal sealed class NoticeQueue(HostLog host)
{
    /// <summary>Notices let through in each period; the rest is counted.</summary>
    public const int Most = 100;

    private const int PeriodMs = 10_000;
    private readonly Lock _gate = new();
    private readonly List<LogEvent> _notices = [];
    private Deadline _next = Deadline.Never;
    private int _passed;
    private int _left;

    /// <summary>Adds one.</summary>
    public void Add(LogEvent notice)
    {
        lock (_gate)
        {
            Turn();
            if (_passed++ < Most)
            {
                _notices.Add(notice);
            }
            else
            {
                _left++;
            }
        }
    }

    /// <summary>A logger whose events come here.</summary>
    public ILogger Open() => host.Open(Add);

    /// <summary>Takes what has come since the last time.</summary>
    public IReadOnlyList<LogEvent> Take()
    {
        lock (_gate)
        {
            Turn();
            LogEvent[] all = [.. _notices];
            _notices.Clear();
            return all;
        }
    }

    private void Turn()
    {
        long now = Deadline.Now;
        if (_next != Deadline.Never && !_next.IsDue(now))
        {
            return;
        }

        if (_left > 0)
        {
            _notices.AddRange(host.Of(log => DaemonLog.NoticesLeftOut(log, _left, PeriodMs / 1000)));
        }

        (_next, _passed, _left) = (Deadline.After(now, PeriodMs), 0, 0);
    }
}
