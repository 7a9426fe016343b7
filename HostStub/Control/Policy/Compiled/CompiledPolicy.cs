using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Compiled;

/// <summary>The policy for one vCPU as numbers: all that somebody needs who answers its calls within the host's kernel, and all that he gets.</summary>
internal sealed record CompiledPolicy
{
    /// <summary>The one pCPU that the vCPU is pinned to.</summary>
    public required int Pcpu { get; init; }

    /// <summary>Its P-states in kHz, with the fastest and the slowest that the vCPU may have.</summary>
    public required PStateTable Table { get; init; }

    /// <summary>Whether it may change the P-state.</summary>
    public required bool Control { get; init; }

    /// <summary>Whether it may ask for P-states, frequencies and limits.</summary>
    public required bool Queries { get; init; }

    /// <summary>Calls a second on average, at least 1: this vCPU's part of its guest's.</summary>
    public required int CallsPerSecond { get; init; }

    /// <summary>Calls at once, at least 1: this vCPU's part of its guest's.</summary>
    public required int Burst { get; init; }

    /// <summary>Whether another says the same, so that who has this one needs no other.</summary>
    public bool IsSame(CompiledPolicy? other) =>
        other is not null && this with { Table = other.Table } == other && Table.KHz.SequenceEqual(other.Table.KHz)
        && (Table.FastestAllowed, Table.SlowestAllowed) == (other.Table.FastestAllowed, other.Table.SlowestAllowed);
}
