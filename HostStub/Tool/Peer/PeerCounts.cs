namespace PollScale.HostStub.Peer;

/// <summary>Counters of a run against a peer, as the generator counted them.</summary>
internal readonly record struct PeerCounts
{
    /// <summary>Frames that came due.</summary>
    public required ulong Offered { get; init; }

    /// <summary>Of these, those that were put into the ring.</summary>
    public required ulong Sent { get; init; }

    /// <summary>Of these, those that the full ring refused.</summary>
    public required ulong RingFull { get; init; }

    /// <summary>Of these, those that came due without a link.</summary>
    public required ulong NoLink { get; init; }

    /// <summary>Frames that came back, none later before them.</summary>
    public required ulong Forwarded { get; init; }

    /// <summary>Frames that came back behind a later one.</summary>
    public required ulong OutOfOrder { get; init; }

    /// <summary>Frames that came back once more.</summary>
    public required ulong Duplicated { get; init; }

    /// <summary>Frames of the peer's own: they end in no stamp.</summary>
    public required ulong Unstamped { get; init; }

    /// <summary>Descriptors that were not valid, and stamps that were never sent.</summary>
    public required ulong Invalid { get; init; }

    /// <summary>Frames sent that have not come back: on their way, or lost.</summary>
    public ulong NotReturned => Sent - Math.Min(Sent, Forwarded + OutOfOrder);

    /// <summary>All that was lost, the full ring's and those without a link among them.</summary>
    public ulong Lost => RingFull + NoLink + NotReturned;
}
