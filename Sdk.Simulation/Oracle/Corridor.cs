namespace PollScale.Simulation.Oracle;

/// <summary>
/// Turns arrivals into the points between which the work done must pass. Packet i arrives at a(i): before it at most i - 1 packets
/// can be done; and packet i - burst must be done when packet i is due, which is at a(i) + D or when packet i + B arrives.
/// </summary>
internal sealed class Corridor(OracleBounds bounds, TautString path)
{
    private readonly PendingPackets _pending = new();
    private readonly long _deadline = bounds.Deadline;
    private readonly int _ringSize = bounds.RingSize;
    private readonly int _burstSize = bounds.BurstSize;
    private readonly long _start = bounds.Start;
    private readonly long _end = bounds.End;
    private long _now = bounds.Start;
    private long _before;
    private long _due = long.MaxValue;
    private long _previous;
    private long _longest;

    /// <summary>Packets from start to end.</summary>
    public long Packets => _pending.Removed + _pending.Count + Overflowing;

    /// <summary>Packets of batches for which there is no slot, whatever the schedule. They count as lost.</summary>
    public long Overflowing { get; private set; }

    /// <summary>Longest time from the start, or a poll, to the next poll or the end: what arrives first in it is due a deadline later.</summary>
    public long LongestGap => Math.Min(_end - _start, Packets == 0 ? long.MaxValue : Math.Max(_longest + _deadline, _end - _now));

    /// <summary>Takes in arrivals that follow those before.</summary>
    /// <returns>Whether more may matter: false from the end on.</returns>
    /// <exception cref="ArgumentException">Times fall.</exception>
    public bool Add(ReadOnlySpan<long> arrivals)
    {
        foreach (long time in arrivals)
        {
            if (time < _previous)
            {
                throw new ArgumentException($"A packet arrives at {time} ps after one at {_previous} ps; arrival times must not fall.", nameof(arrivals));
            }

            _previous = time;
            if (time >= _end)
            {
                return false;
            }

            if (time >= _start)
            {
                Arrive(time);
            }
        }

        return true;
    }

    /// <summary>Ends the path with as little work done as the bounds allow.</summary>
    public void Finish()
    {
        Expire(_end);
        path.Finish(_end, Math.Max(0, _pending.Removed - _burstSize));
    }

    private void Arrive(long time)
    {
        Expire(time);
        if (time > _now)
        {
            _longest = Math.Max(_longest, time - _now);
            _now = time;
            _before = _pending.Removed + _pending.Count;
            path.AtMost(time, _before);
        }

        if (_pending.Count == _ringSize)
        {
            // Within a batch nothing more gets done.
            if (_pending.Removed + 1 - _burstSize > _before)
            {
                Overflowing++;
                return;
            }

            Due(time);
        }

        _due = Math.Min(_due, time + _deadline);
        _pending.Append(time);
    }

    private void Expire(long time)
    {
        while (_due <= time)
        {
            Due(_due);
        }
    }

    private void Due(long time)
    {
        _pending.Remove();
        _due = _pending.Count > 0 ? _pending.Oldest + _deadline : long.MaxValue;
        long done = _pending.Removed - _burstSize;
        if (done > 0)
        {
            path.AtLeast(time, done);
        }
    }
}
