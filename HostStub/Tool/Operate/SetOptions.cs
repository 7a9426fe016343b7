namespace PollScale.HostStub.Operate;

/// <summary>What hoststub set was asked to do.</summary>
/// <param name="Control">The daemon's control socket; null for a usual one.</param>
/// <param name="Guest">A guest, or NAME/VCPU.</param>
internal sealed record SetOptions(string? Control, string Guest)
{
    /// <summary>Fastest P-state, as written; null leaves it.</summary>
    public string? Fastest { get; init; }

    /// <summary>Slowest P-state, as written; null leaves it.</summary>
    public string? Slowest { get; init; }

    /// <summary>No control.</summary>
    public bool Deny { get; init; }

    /// <summary>Take its wish back.</summary>
    public bool Withdraw { get; init; }

    /// <summary>End all that was set.</summary>
    public bool Reset { get; init; }

    /// <summary>Report in JSON.</summary>
    public bool Json { get; init; }
}
