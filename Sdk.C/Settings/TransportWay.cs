namespace PollScale.C.Settings;

/// <summary>Ways to whoever changes the frequency.</summary>
internal enum TransportWay
{
    /// <summary>The best there is in a VM.</summary>
    Auto,

    /// <summary>The hypercall instruction.</summary>
    Hypercall,

    /// <summary>A port read.</summary>
    Port,

    /// <summary>An MMIO read.</summary>
    Mmio,

    /// <summary>The page that a VM shares with its host.</summary>
    Region,

    /// <summary>That page, rung for by the hypercall instruction where the host observes it.</summary>
    RegionHypercall,

    /// <summary>DPDK's guest channel.</summary>
    GuestChannel,

    /// <summary>This machine's cpufreq.</summary>
    Cpufreq,

    /// <summary>Nobody: P-states of this process, with no effect.</summary>
    Loopback,

    /// <summary>Nobody: what a core of other P-states would have done is followed.</summary>
    Shadow,
}
