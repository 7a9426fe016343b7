using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Report;

/// <summary>What a run is about to do.</summary>
[LineOf("run, demo", LineType.Start)]
internal sealed record RunHeader() : ReportLine(LineType.Start)
{
    /// <summary>File name of the guest.</summary>
    public required string Guest { get; init; }

    /// <summary>"micro-vm" or "process".</summary>
    public required string Mode { get; init; }

    /// <summary>"hypercall", "port", "mmio" or "socket".</summary>
    public required string Doorbell { get; init; }

    /// <summary>The traffic in words.</summary>
    public required string Traffic { get; init; }

    /// <summary>The capture that is replayed; null when there is none.</summary>
    public RunCapture? Capture { get; init; }

    /// <summary>Descriptors of the rx ring.</summary>
    public required int Ring { get; init; }

    /// <summary>pCPU of the guest.</summary>
    public required int Cpu { get; init; }

    /// <summary>pCPU of traffic and reports.</summary>
    public required int HousekeepingCpu { get; init; }

    /// <summary>How the guest's lcore competes for its CPU: "normal", "nice" or "realtime".</summary>
    public required string Priority { get; init; }

    /// <summary>"emulated" or "real".</summary>
    public required string PStates { get; init; }

    /// <summary>Name of the P-state table.</summary>
    public required string PStateTable { get; init; }

    /// <summary>Frequencies in MHz, fastest first.</summary>
    public required IReadOnlyList<double> FrequenciesMhz { get; init; }

    /// <summary>TSC frequency, kHz.</summary>
    public required uint TscKhz { get; init; }

    /// <summary>Seed of the traffic.</summary>
    public required ulong Seed { get; init; }
}
