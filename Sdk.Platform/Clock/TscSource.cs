namespace PollScale.Clock;

/// <summary>Where the TSC frequency was found.</summary>
public enum TscSource
{
    /// <summary>CPUID leaf 0x15: crystal frequency and ratio.</summary>
    CrystalLeaf,

    /// <summary>CPUID leaf 0x40000010 of the hypervisor.</summary>
    HypervisorLeaf,

    /// <summary>Counted against CLOCK_MONOTONIC_RAW.</summary>
    Calibration,
}
