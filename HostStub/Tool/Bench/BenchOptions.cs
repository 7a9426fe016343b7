namespace PollScale.HostStub.Bench;

/// <summary>What hoststub bench was asked to measure.</summary>
/// <param name="Kind">Which measurements.</param>
/// <param name="Guest">The guestprobe ELF.</param>
/// <param name="Rounds">Rounds of each comparison.</param>
/// <param name="Cpu">pCPU of the vCPU and of its baselines; null for the last allowed.</param>
internal sealed record BenchOptions(BenchKind Kind, string Guest, int Rounds, int? Cpu)
{
    /// <summary>Report in JSON lines.</summary>
    public bool Json { get; init; }
}
