namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>What became of a path, and what the pCPU and its package counted meanwhile.</summary>
internal sealed record PathFacts
{
    /// <summary>What its bursts are called: the path and, where loads were asked for, the load.</summary>
    public required string Label { get; init; }

    /// <summary>Why it was not measured, with what to do; null where it was.</summary>
    public required string? WhyNot { get; init; }

    /// <summary>How often its VM was started: 2 where the first did not come up.</summary>
    public int Boots { get; init; }

    /// <summary>Mean frequency of the pCPU while the VM polled at its slowest P-state (APERF over MPERF, times the TSC's frequency); null where it cannot be had.</summary>
    public double? SlowestKhz { get; init; }

    /// <summary>The same at its fastest P-state: what the pCPU reached.</summary>
    public double? FastestKhz { get; init; }

    /// <summary>Why neither can be had; null where they can.</summary>
    public string? WhyNoCycles { get; init; }

    /// <summary>Mean power of the pCPU's package while the VM polled at its slowest P-state (RAPL); null where it cannot be had.</summary>
    public double? SlowestWatts { get; init; }

    /// <summary>The same at its fastest P-state.</summary>
    public double? FastestWatts { get; init; }

    /// <summary>Energy of the pCPU's package during the bursts, everything beside them included; null where it cannot be had.</summary>
    public double? BurstsJ { get; init; }

    /// <summary>How long the bursts took, warm-up and rest included.</summary>
    public double? BurstsS { get; init; }

    /// <summary>Why no energy can be had; null where it can.</summary>
    public string? WhyNoEnergy { get; init; }

    /// <summary>How often the guests beside asked; null where there were none.</summary>
    public long? BesideAsked { get; init; }

    /// <summary>How often they were answered before they asked again.</summary>
    public long? BesideAnswered { get; init; }
}
