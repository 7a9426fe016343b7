namespace PollScale.HostStub.Traffic;

/// <summary>What a <see cref="TrafficGenerator"/> does.</summary>
internal enum TrafficPhase
{
    /// <summary>It was not started.</summary>
    Created,

    /// <summary>It waits for the guest to poll.</summary>
    Waiting,

    /// <summary>It sends.</summary>
    Sending,

    /// <summary>The last packet was sent; the guest drains its ring.</summary>
    Draining,

    /// <summary>Its counters are final.</summary>
    Ended,
}
