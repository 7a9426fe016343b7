namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>Ways to call the host that the command line offers.</summary>
internal enum TransportChoice
{
    /// <summary>The fastest one that works.</summary>
    Auto,

    /// <summary>The hypercall instruction.</summary>
    Hypercall,

    /// <summary>A port read.</summary>
    Port,

    /// <summary>An MMIO read.</summary>
    Mmio,

    /// <summary>The page that a VM of any VMM shares with its host.</summary>
    Region,

    /// <summary>That page, rung for by the hypercall instruction where the host observes it.</summary>
    RegionHypercall,

    /// <summary>No host: the real frequency of this machine, through cpufreq.</summary>
    Cpufreq,

    /// <summary>DPDK's guest channel: a virtio-serial port.</summary>
    GuestChannel,

    /// <summary>No host: P-states emulated in the process.</summary>
    Loopback,

    /// <summary>No host: what a core of other P-states would have done is followed.</summary>
    Shadow,
}
