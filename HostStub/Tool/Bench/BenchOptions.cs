using PollScale.HostStub.Bench.Paths.ThisHost;

namespace PollScale.HostStub.Bench;

/// <summary>What hoststub bench was asked to measure.</summary>
/// <param name="Kind">Which measurements.</param>
/// <param name="Guest">The guestprobe ELF.</param>
/// <param name="Rounds">Rounds of each comparison.</param>
/// <param name="Cpu">pCPU of the vCPU and of its baselines; null for the last allowed.</param>
internal sealed record BenchOptions(BenchKind Kind, string Guest, int Rounds, int? Cpu)
{
    /// <summary>Of <see cref="BenchKind.Paths"/>: first word of the labels that others are compared with; null for none.</summary>
    public string? Baseline { get; init; }

    /// <summary>Of <see cref="BenchKind.Paths"/>: the VM to be made; null where somebody else runs one.</summary>
    public ThisHostOptions? ThisHost { get; init; }

    /// <summary>HTML file that shows the results too; null for none.</summary>
    public string? Report { get; init; }

    /// <summary>Report in JSON lines.</summary>
    public bool Json { get; init; }
}
