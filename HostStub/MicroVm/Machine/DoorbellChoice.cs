namespace PollScale.HostStub.Machine;

/// <summary>Which doorbell a guest is given.</summary>
internal enum DoorbellChoice
{
    /// <summary>The fastest that works here.</summary>
    Auto,

    /// <summary>The hypercall instruction only.</summary>
    Hypercall,

    /// <summary>The port only.</summary>
    Port,

    /// <summary>The MMIO page only.</summary>
    Mmio,
}
