namespace PollScale.HostStub.Bench;

/// <summary>Measurements of hoststub bench.</summary>
internal enum BenchKind
{
    /// <summary>VM creation to Main.</summary>
    Boot,

    /// <summary>Doorbell round trips.</summary>
    Exits,

    /// <summary>Poll loop speed.</summary>
    Poll,

    /// <summary>Packet rings.</summary>
    Ring,

    /// <summary>Guest channels of a daemon.</summary>
    Serve,

    /// <summary>Shared pages of a daemon.</summary>
    Region,

    /// <summary>All of them, but <see cref="Paths"/>.</summary>
    All,

    /// <summary>From a burst in a VM to the fastest P-state, by each way it asks.</summary>
    Paths,
}
