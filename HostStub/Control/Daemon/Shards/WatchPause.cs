namespace PollScale.HostStub.Daemon.Shards;

/// <summary>
/// How long a watch is not listened to. A pause that follows others lasts twice as long each time, so that who wakes the shard for nothing does it ever more
/// seldom; between two ticks without one it begins anew. For the shard's thread.
/// </summary>
internal sealed class WatchPause
{
    /// <summary>The shortest, in ms. A flood is not worth more of the host's time: at the usual budget 20 requests are due again by then.</summary>
    public const int ShortestMs = 1;

    /// <summary>
    /// The longest for a spent budget, in ms, for who now and then asks for more: by then no more than the usual burst has come together, so all of the budget can be
    /// had; and it is less than a guest waits for an answer by default (10 ms). Who is paused for most of a tick floods: it waits for twice as long in the next.
    /// </summary>
    public const int LongestSpentMs = 8;

    /// <summary>The longest of all, in ms: a quarter of a tick, so that who goes on without a rest is still paused in each.</summary>
    public const int LongestMs = 64;

    private int _nextMs = ShortestMs;
    private int _longestSpentMs = LongestSpentMs;
    private int _pausedMs;

    /// <summary>True from its begin until <see cref="End"/>.</summary>
    public bool IsOn { get; private set; }

    /// <summary>When it ends.</summary>
    public Deadline Due { get; private set; } = Deadline.Never;

    /// <summary>Begins one for who has spent its budget.</summary>
    public void BeginSpent() => Begin(_longestSpentMs);

    /// <summary>Begins one for who rings for nothing, or asked over a channel without answers.</summary>
    public void Begin() => Begin(LongestMs);

    /// <summary>Ends it.</summary>
    public void End() => (IsOn, Due) = (false, Deadline.Never);

    /// <summary>What a tick brings.</summary>
    public void Tick()
    {
        if (_pausedMs == 0)
        {
            (_nextMs, _longestSpentMs) = (ShortestMs, LongestSpentMs);
        }
        else if (_pausedMs > ChannelShard.TickMs / 2)
        {
            _longestSpentMs = Math.Min(_longestSpentMs * 2, LongestMs);
        }

        _pausedMs = 0;
    }

    private void Begin(int longestMs)
    {
        int ms = Math.Min(_nextMs, longestMs);
        (IsOn, Due) = (true, Deadline.After(Deadline.Now, ms));
        _pausedMs += ms;
        _nextMs = Math.Min(ms * 2, LongestMs);
    }
}
