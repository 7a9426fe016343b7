using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Report;

/// <summary>A P-state took the place of another.</summary>
[LineOf("run --changes, demo --changes", LineType.Change)]
internal sealed record RunChange() : ReportLine(LineType.Change)
{
    /// <summary>Seconds from the first packet to the moment at which it took effect.</summary>
    public required double ElapsedS { get; init; }

    /// <summary>P-state before.</summary>
    public required int From { get; init; }

    /// <summary>P-state since.</summary>
    public required int To { get; init; }

    /// <summary>Its frequency, MHz.</summary>
    public required double Mhz { get; init; }

    /// <summary>Packets in the rx ring when it took effect, as the traffic loop saw it last.</summary>
    public required int Backlog { get; init; }

    /// <summary>How it was asked for: "hypercall", "port", "mmio" or "socket".</summary>
    public required string Doorbell { get; init; }

    /// <summary>What made the guest's scaler decide, as it says: "governor", "start", "clock_leap", "fail_high" or "stop"; null where it does not say, or what cannot be true.</summary>
    public required string? Cause { get; init; }

    /// <summary>Why its governor wanted the P-state, as it says: "none", "idle", "rate", "lag", "deadline", "drain", "hold", "certificate" or "calibration"; null as cause.</summary>
    public required string? Reason { get; init; }

    /// <summary>The same as a sentence; null as cause.</summary>
    public required string? Why { get; init; }

    /// <summary>From the guest's decision to the moment at which it took effect, us; null as cause.</summary>
    public required double? LatencyUs { get; init; }
}
