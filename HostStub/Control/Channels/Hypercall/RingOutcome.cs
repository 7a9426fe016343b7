namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>What came of a ring.</summary>
internal enum RingOutcome
{
    /// <summary>There was no new request.</summary>
    Empty,

    /// <summary>It was answered.</summary>
    Served,

    /// <summary>It was answered, and the guest's budget is spent.</summary>
    Throttled,
}
