namespace PollScale.HostStub.Daemon;

/// <summary>Waits between attempts to connect: 100 ms, doubled with each failure up to 5 s, short again once a peer has said something.</summary>
internal struct ReconnectDelay
{
    private const int ShortestMs = 100, LongestMs = 5000;
    private int _nextMs;

    /// <summary>The wait before the next attempt, in ms.</summary>
    public int Next()
    {
        int wait = Math.Max(_nextMs, ShortestMs);
        _nextMs = Math.Min(wait * 2, LongestMs);
        return wait;
    }

    /// <summary>Forgets the failures.</summary>
    public void Reset() => _nextMs = ShortestMs;
}
