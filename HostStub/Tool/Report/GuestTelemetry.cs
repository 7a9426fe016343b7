using PollScale.Telemetry;

namespace PollScale.HostStub.Report;

/// <summary>A copy of what the guest wrote into its telemetry block: claims, not facts. <see cref="TelemetryAudit"/> checks them.</summary>
internal sealed record GuestTelemetry
{
    public ulong State { get; init; }

    public ulong MainTsc { get; init; }

    public ulong PollingTsc { get; init; }

    public ulong Polls { get; init; }

    public ulong Received { get; init; }

    public ulong Forwarded { get; init; }

    /// <summary>By slot, <see cref="LcoreTelemetryLayout.DropSlots"/> of them.</summary>
    public required IReadOnlyList<ulong> Drops { get; init; }

    public ulong Calls { get; init; }

    public required HistogramSnapshot Delay { get; init; }

    public required HistogramSnapshot RoundTrip { get; init; }

    public ulong Waits { get; init; }

    public ulong IdleTicks { get; init; }

    public required HistogramSnapshot WakeTime { get; init; }

    /// <summary>Sum of <see cref="Drops"/>, saturating.</summary>
    public ulong Dropped => Drops.Aggregate(0UL, (sum, count) => sum + count < sum ? ulong.MaxValue : sum + count);
}
