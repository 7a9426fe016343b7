using System.Globalization;

namespace PollScale.HostStub.Daemon;

/// <summary>What the operator should know, on its way to the report. From any thread; what many guests bring about at once is cut to a number that can be read.</summary>
internal sealed class NoticeQueue
{
    /// <summary>Notices let through in each period; the rest is counted.</summary>
    public const int Most = 100;

    private const int PeriodMs = 10_000;
    private readonly Lock _gate = new();
    private readonly List<string> _notices = [];
    private Deadline _next = Deadline.Never;
    private int _passed;
    private int _left;

    /// <summary>Adds one.</summary>
    public void Add(string notice)
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

    /// <summary>Takes what has come since the last time, a line each; null for nothing.</summary>
    public string? Take()
    {
        lock (_gate)
        {
            Turn();
            if (_notices.Count == 0)
            {
                return null;
            }

            string all = string.Join('\n', _notices);
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
            _notices.Add(string.Create(CultureInfo.InvariantCulture, $"and {_left} more notices in {PeriodMs / 1000} s."));
        }

        (_next, _passed, _left) = (Deadline.After(now, PeriodMs), 0, 0);
    }
}
