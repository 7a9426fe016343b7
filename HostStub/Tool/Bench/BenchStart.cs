using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Bench;

/// <summary>What is about to be measured, and on what.</summary>
[LineOf("bench", LineType.Start)]
internal sealed record BenchStart() : ReportLine(LineType.Start)
{
    /// <summary>Which measurements: boot, exits, poll, ring, serve, region, paths or all.</summary>
    public required string Bench { get; init; }

    /// <summary>The guestprobe ELF; of paths the VM has its own.</summary>
    public required string Guest { get; init; }

    /// <summary>Rounds of each comparison.</summary>
    public required int Rounds { get; init; }

    /// <summary>pCPU of the vCPU and of its baselines.</summary>
    public required int Cpu { get; init; }

    /// <summary>The kernel's KVM module.</summary>
    public required string KvmModule { get; init; }

    /// <summary>The machine, where paths are measured.</summary>
    public HostFacts? Host { get; init; }
}
