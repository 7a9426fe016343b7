namespace PollScale.HostStub.Report;

/// <summary>How far a replay came.</summary>
internal sealed record RunReplay
{
    /// <summary>Packets of the capture.</summary>
    public required long Packets { get; init; }

    /// <summary>Packets that were sent.</summary>
    public required ulong Sent { get; init; }

    /// <summary>True when every packet was sent and the file had no more.</summary>
    public required bool Whole { get; init; }

    /// <summary>Why it was not whole, a sentence; null when it was.</summary>
    public required string? Reason { get; init; }
}
