namespace PollScale.Region;

/// <summary>What the header of a region says of its host.</summary>
[Flags]
internal enum RegionFlags : uint
{
    /// <summary>Nothing of the below.</summary>
    None = 0,

    /// <summary>A policy grants this guest frequency control.</summary>
    ControlGranted = 1 << 0,

    /// <summary>P-states are emulated.</summary>
    Emulated = 1 << 1,

    /// <summary>The hypercall instruction rings the doorbell too.</summary>
    HypercallsObserved = 1 << 2,

    /// <summary>The hypercall instruction is answered in rax before it ends.</summary>
    HypercallsAnswered = 1 << 3,

    /// <summary>The host looks at the slots without being rung.</summary>
    HostSpins = 1 << 4,
}
