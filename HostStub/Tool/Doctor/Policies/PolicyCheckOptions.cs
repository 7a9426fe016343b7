using PollScale.HostStub.Frequency;

namespace PollScale.HostStub.Doctor.Policies;

/// <summary>What a policy file is checked for.</summary>
internal sealed record PolicyCheckOptions
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Real frequencies are to be set; else simulated ones.</summary>
    public required bool IsReal { get; init; }

    /// <summary>Folder that holds "cpufreq".</summary>
    public required string CpufreqRoot { get; init; }

    /// <summary>Folder of lease files; null for the usual ones.</summary>
    public string? LeaseFolder { get; init; }

    /// <summary>P-states of simulated pCPUs.</summary>
    public PStateModel PStates { get; init; } = PStateFile.Default();
}
