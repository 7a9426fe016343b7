namespace PollScale.HostStub.Daemon.Reports;

/// <summary>One JSON line of serve.</summary>
internal sealed record ServeEvent
{
    /// <summary>"start", "sample", "reload", "notice" or "end".</summary>
    public required string Event { get; init; }

    /// <summary>Time since the start, in s.</summary>
    public required double TimeS { get; init; }

    public required IReadOnlyList<ChannelSnapshot> Channels { get; init; }

    /// <summary>Service latency of all channels, in us.</summary>
    public required double LatencyP50Us { get; init; }

    public required double LatencyP99Us { get; init; }

    /// <summary>What a reload came to, or what the operator should know; null otherwise.</summary>
    public string? Message { get; init; }
}
