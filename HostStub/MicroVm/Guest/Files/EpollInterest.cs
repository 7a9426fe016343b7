namespace PollScale.HostStub.Guest.Files;

/// <summary>One descriptor of an epoll set.</summary>
internal sealed class EpollInterest
{
    public required OpenFile File { get; init; }

    /// <summary>EPOLL* bits; 0 but for those told unasked after a one-shot event.</summary>
    public uint Events { get; set; }

    /// <summary>What epoll_wait gives back.</summary>
    public ulong Data { get; set; }

    /// <summary>True when it was told already, as <see cref="ToldChanges"/> was.</summary>
    public bool Told { get; set; }

    /// <summary>The file's changes when it was told: an edge is another count.</summary>
    public uint ToldChanges { get; set; }
}
