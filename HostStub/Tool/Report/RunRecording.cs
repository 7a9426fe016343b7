namespace PollScale.HostStub.Report;

/// <summary>The file of forwarded packets that a run wrote.</summary>
internal sealed record RunRecording
{
    /// <summary>Its path.</summary>
    public required string File { get; init; }

    /// <summary>Packets in it.</summary>
    public required ulong Packets { get; init; }

    /// <summary>Their bytes.</summary>
    public required ulong Bytes { get; init; }

    /// <summary>Forwarded packets that are not in it: writing could not keep up, or failed.</summary>
    public required ulong Missed { get; init; }

    /// <summary>Why writing failed; null when it did not.</summary>
    public required string? Failure { get; init; }
}
