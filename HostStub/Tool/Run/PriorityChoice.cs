namespace PollScale.HostStub.Run;

/// <summary>How polling threads shall compete for their CPUs.</summary>
internal enum PriorityChoice
{
    /// <summary>The best that is permitted and does not harm.</summary>
    Auto,

    /// <summary>As any other thread.</summary>
    Normal,

    /// <summary>nice -20; not being permitted is an error.</summary>
    Nice,

    /// <summary>SCHED_FIFO; not being permitted is an error.</summary>
    RealTime,
}
