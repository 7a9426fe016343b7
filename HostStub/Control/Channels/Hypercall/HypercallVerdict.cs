namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>What a record of a hypercall is worth.</summary>
internal enum HypercallVerdict
{
    /// <summary>It rings for the request in its vCPU's slot.</summary>
    Rings,

    /// <summary>It rang for a request that a newer one has replaced, or for none: number 0, by which the instruction is tried.</summary>
    Overtaken,

    /// <summary>Another thread than the vCPU's.</summary>
    WrongThread,

    /// <summary>Its number is not that of the request in the vCPU's slot.</summary>
    WrongSlot,

    /// <summary>It rings for the request, but the vCPU ran on another pCPU than its own.</summary>
    WrongCpu,
}
