namespace PollScale.HostStub.Traffic;

/// <summary>Counters of a run, as the host itself counted them.</summary>
internal readonly record struct TrafficSnapshot
{
    public required TrafficPhase Phase { get; init; }

    /// <summary>Frames that came due: those the ring took and those that were lost.</summary>
    public required ulong Offered { get; init; }

    /// <summary>Bytes of the offered frames, without FCS.</summary>
    public required ulong OfferedBytes { get; init; }

    /// <summary>Frames lost because the rx ring was full: the loss a guest must avoid.</summary>
    public required ulong RingFull { get; init; }

    /// <summary>Valid frames that came back in order.</summary>
    public required ulong Forwarded { get; init; }

    /// <summary>Bytes of the forwarded frames, without FCS.</summary>
    public required ulong ForwardedBytes { get; init; }

    /// <summary>Frames that came back behind a later one.</summary>
    public required ulong OutOfOrder { get; init; }

    /// <summary>Frames that repeated the highest sequence number so far.</summary>
    public required ulong Duplicates { get; init; }

    /// <summary>Frames that came back with an impossible descriptor, sequence number or IPv4 header.</summary>
    public required ulong InvalidFrames { get; init; }

    /// <summary>Times a ring index of the guest was out of range.</summary>
    public required ulong CorruptIndices { get; init; }

    /// <summary>Packets in the rx ring that the guest has not released.</summary>
    public required int Backlog { get; init; }

    /// <summary>Times the generator itself was held up longer than its stall threshold.</summary>
    public required ulong Stalls { get; init; }

    /// <summary>Time of those stalls, by which the schedule was moved, in ns.</summary>
    public required ulong StalledNs { get; init; }

    /// <summary>Time since the first packet could be sent, stalls excluded, in ns.</summary>
    public required ulong ElapsedNs { get; init; }

    /// <summary>Frames the guest took and did not forward in order: dropped, spoiled, or still on their way.</summary>
    public ulong NotForwarded => Offered - Math.Min(Offered, RingFull + Forwarded);
}
