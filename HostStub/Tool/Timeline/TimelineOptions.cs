namespace PollScale.HostStub.Timeline;

/// <summary>What the record of a run shows while it is made.</summary>
internal sealed record TimelineOptions
{
    /// <summary>TSC ticks of a step.</summary>
    public required ulong StepTicks { get; init; }

    /// <summary>TSC ticks a second.</summary>
    public required double TicksPerSecond { get; init; }

    /// <summary>How calls leave the guest.</summary>
    public required string Doorbell { get; init; }

    /// <summary>Show each step.</summary>
    public bool ShowsSteps { get; init; }

    /// <summary>Show each change of the P-state.</summary>
    public bool ShowsChanges { get; init; }
}
