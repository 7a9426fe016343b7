namespace PollScale.HostStub.Doctor;

/// <summary>A loss certificate and what it was worked out from.</summary>
internal sealed record CertificateFinding
{
    /// <summary>Where the P-states are from: a cpufreq policy, or the synthetic core.</summary>
    public required string PStates { get; init; }

    /// <summary>Descriptors of the rx ring.</summary>
    public required int Ring { get; init; }

    /// <summary>Highest arrival rate, packets per second.</summary>
    public required double LineRate { get; init; }

    /// <summary>Core cycles a packet takes.</summary>
    public required double CyclesPerPacket { get; init; }

    /// <summary>Time in ns a packet takes at any frequency.</summary>
    public required double MemoryNs { get; init; }

    /// <summary>Time from a change to its effect, us.</summary>
    public required double TransitionUs { get; init; }

    /// <summary>Time between decisions, us.</summary>
    public required double DecisionUs { get; init; }

    /// <summary>Round trip of a call, us.</summary>
    public required double CallUs { get; init; }

    /// <summary>Packets that can pile up at the slowest P-state, as a fraction of the ring; null when the peak exceeds the fastest P-state.</summary>
    public double? Lambda { get; init; }

    /// <summary>Loss can be ruled out from the slowest P-state allowed.</summary>
    public required bool LossFree { get; init; }

    /// <summary>Why loss is not ruled out although the ring would hold what piles up; null where that is not so.</summary>
    public string? Withheld { get; init; }

    /// <summary>Slowest P-state from which it can; null for none.</summary>
    public int? FloorPState { get; init; }

    /// <summary>Smallest ring with which it can from the slowest P-state; null for none.</summary>
    public int? SmallestRing { get; init; }

    /// <summary>Longest time a packet may wait, us.</summary>
    public required double DelayBoundUs { get; init; }

    /// <summary>Why it is what it is, and what half and twice of it would cost; null where it was asked for.</summary>
    public string? DelayChoice { get; init; }

    /// <summary>The delay bound can be kept from the slowest P-state allowed.</summary>
    public required bool DelayKept { get; init; }

    /// <summary>Slowest P-state from which it can; null for none.</summary>
    public int? DelayFloorPState { get; init; }

    /// <summary>Shortest delay bound that can be kept from the slowest P-state; null for none.</summary>
    public double? ShortestBoundUs { get; init; }

    /// <summary>The same of delay: what, why, what to do.</summary>
    public required string DelayText { get; init; }

    /// <summary>What, why, what to do.</summary>
    public required string Text { get; init; }
}
