using PollScale.HostStub.Report.Kit;
using PollScale.Telemetry;

namespace PollScale.HostStub.Report;

/// <summary>How a run went. Counts are the host's own unless said otherwise.</summary>
[LineOf("run, demo", LineType.Summary)]
internal sealed record RunSummary : SummaryLine
{
    /// <summary>Seconds from the first packet to the end.</summary>
    public required double DurationS { get; init; }

    /// <summary>False when the guest ran without a traffic generator.</summary>
    public required bool HasTraffic { get; init; }

    /// <summary>Packets offered, those the full ring refused included.</summary>
    public required ulong Offered { get; init; }

    /// <summary>Packets that came back whole and in order.</summary>
    public required ulong Forwarded { get; init; }

    /// <summary>Packets dropped by cause: ring_full is the host's count, the others the guest's.</summary>
    public required IReadOnlyDictionary<string, ulong> Dropped { get; init; }

    /// <summary>True when offered = forwarded + dropped.</summary>
    public required bool Accounted { get; init; }

    /// <summary>Offered - forwarded - dropped; negative when the guest claims more than there was.</summary>
    public required long Unaccounted { get; init; }

    /// <summary>Packets lost though well formed: ring_full, tx_full, bad_descriptor.</summary>
    public required ulong Lost { get; init; }

    /// <summary>Frames that came back out of order or twice.</summary>
    public required ulong OutOfOrder { get; init; }

    /// <summary>Frames that came back broken.</summary>
    public required ulong Invalid { get; init; }

    /// <summary>Packets left in the rx ring at the end.</summary>
    public required int Backlog { get; init; }

    /// <summary>Queueing delay, as the guest measured it.</summary>
    public required Percentiles DelayUs { get; init; }

    /// <summary>How the queueing delay is spread: packets by the bound that theirs does not exceed, which is at most 9 % above it; empty where it cannot be told.</summary>
    public required IReadOnlyList<DelayCount> DelayCounts { get; init; }

    /// <summary>Modelled energy, J; null without a power model.</summary>
    public required double? EnergyJ { get; init; }

    /// <summary>Modelled energy had the fastest P-state been kept, J.</summary>
    public required double? FastestEnergyJ { get; init; }

    /// <summary>Modelled energy saved against the fastest P-state kept throughout, %.</summary>
    public required double? EnergySavedPercent { get; init; }

    /// <summary>Of the modelled energy saved, J that were not drawn because the polling thread was off its CPU, by the kernel's count and the P-state file's idle states; null without a power model.</summary>
    public double? SavedAsleepJ { get; init; }

    /// <summary>"emulated" or "real".</summary>
    public required string PStates { get; init; }

    /// <summary>P-state changes that took effect.</summary>
    public required ulong Transitions { get; init; }

    /// <summary>Residency of each P-state.</summary>
    public required IReadOnlyList<PStateResidency> ResidencyPercent { get; init; }

    /// <summary>"hypercall", "port", "mmio" or "socket".</summary>
    public required string Doorbell { get; init; }

    /// <summary>Frequency calls by result.</summary>
    public required IReadOnlyDictionary<string, ulong> Calls { get; init; }

    /// <summary>Round trip of calls, as the guest measured it.</summary>
    public required Percentiles RoundTripNs { get; init; }

    /// <summary>What the polling thread did with its CPU while packets were sent; null where nobody knows.</summary>
    public required LcoreUse? Lcore { get; init; }

    /// <summary>CPU time of one sleep by the kernel's timer with nothing beside it, as measured after the run, us; null where the guest made none, and where the kernel does not count.</summary>
    public required double? SleepCostUs { get; init; }

    /// <summary>CPU time that its packet work, and as many such sleeps as it had wake-ups, would take by themselves, % of a CPU; null where one of these is not known.</summary>
    public double? LeastCpuPercent => Lcore?.WorkPercent + (Lcore?.WakeUpsPerS * SleepCostUs / 1e4);

    /// <summary>Waits it made because nothing had come, as the guest says; 0 for what cannot be true.</summary>
    public required ulong Waits { get; init; }

    /// <summary>From the guest's making to its Main, ms; null when the guest did not say or cannot be right.</summary>
    public required double? BootMs { get; init; }

    /// <summary>Times the traffic generator was held up.</summary>
    public required ulong GeneratorStalls { get; init; }

    /// <summary>Time the traffic generator was held up, ms.</summary>
    public required double GeneratorStalledMs { get; init; }

    /// <summary>"exited", "stopped", "failed" or "host_failed": a thread of hoststub threw.</summary>
    public required string GuestEnd { get; init; }

    /// <summary>Exit status of the guest, or -1.</summary>
    public required int GuestExitCode { get; init; }

    /// <summary>Why the run ended: why the guest did, and where a replay did not come to its end, why; a sentence each.</summary>
    public required string Cause { get; init; }

    /// <summary>System calls of the guest that are not answered, "name (number)", with how often each was made.</summary>
    public IReadOnlyDictionary<string, long> UnansweredSystemCalls { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, long>.Empty;

    /// <summary>How far the replay of a capture came; null when there was none.</summary>
    public RunReplay? Replay { get; init; }

    /// <summary>The file of forwarded packets; null when none was asked for.</summary>
    public RunRecording? PcapOut { get; init; }

    /// <summary>What a user should know: what does not fit together in the guest's own numbers, what is peculiar about a capture, why packets were dropped.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
