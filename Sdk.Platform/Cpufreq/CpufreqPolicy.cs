namespace PollScale.Cpufreq;

/// <summary>What a cpufreq policy (one frequency domain) showed when it was read. Frequencies in kHz.</summary>
internal sealed record CpufreqPolicy
{
    /// <summary>Number in "policyN".</summary>
    public required int Number { get; init; }

    /// <summary>Full path of the folder.</summary>
    public required string Folder { get; init; }

    /// <summary>affected_cpus: online CPUs that change together.</summary>
    public required IReadOnlyList<int> OnlineCpus { get; init; }

    /// <summary>related_cpus: the same, offline ones too.</summary>
    public required IReadOnlyList<int> RelatedCpus { get; init; }

    /// <summary>Text of scaling_driver.</summary>
    public required string DriverName { get; init; }

    /// <summary>The driver.</summary>
    public required CpufreqDriver Driver { get; init; }

    /// <summary>scaling_available_governors; modules that are not loaded are missing.</summary>
    public required IReadOnlyList<string> Governors { get; init; }

    /// <summary>scaling_governor.</summary>
    public required string Governor { get; init; }

    /// <summary>cpuinfo_min_freq: the slowest the hardware can.</summary>
    public required uint HardwareMinKHz { get; init; }

    /// <summary>cpuinfo_max_freq: the fastest the hardware can, boost included.</summary>
    public required uint HardwareMaxKHz { get; init; }

    /// <summary>scaling_min_freq: the slowest allowed.</summary>
    public required uint MinKHz { get; init; }

    /// <summary>scaling_max_freq: the fastest allowed.</summary>
    public required uint MaxKHz { get; init; }

    /// <summary>base_frequency of intel_pstate: the fastest that all cores sustain; null where it is not shown.</summary>
    public uint? BaseKHz { get; init; }

    /// <summary>scaling_available_frequencies; empty where the driver has a range and no table.</summary>
    public IReadOnlyList<uint> TableKHz { get; init; } = [];

    /// <summary>scaling_boost_frequencies, when boost is enabled; else empty.</summary>
    public IReadOnlyList<uint> BoostKHz { get; init; } = [];

    /// <summary>cpuinfo_transition_latency in ns; null when the kernel shows 0 or "eternal" (4294967295), so does not know.</summary>
    public uint? TransitionLatencyNs { get; init; }
}
