namespace PollScale.Simulation.Oracle;

/// <summary>Arrival times of packets that are not due yet, oldest first: no more than fit the ring or arrive within a deadline.</summary>
internal sealed class PendingPackets
{
    private long[] _times = new long[1024];
    private long _first;
    private long _end;

    public long Count => _end - _first;

    public long Oldest => _times[_first & (_times.Length - 1)];

    /// <summary>Packets that have been removed so far.</summary>
    public long Removed => _first;

    public void Remove() => _first++;

    public void Append(long time)
    {
        if (Count == _times.Length)
        {
            Grow();
        }

        _times[_end++ & (_times.Length - 1)] = time;
    }

    private void Grow()
    {
        long[] grown = new long[_times.Length * 2];
        for (long i = _first; i < _end; i++)
        {
            grown[i & (grown.Length - 1)] = _times[i & (_times.Length - 1)];
        }

        _times = grown;
    }
}
