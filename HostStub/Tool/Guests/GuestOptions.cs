using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Guests;

/// <summary>What hoststub guest was asked.</summary>
internal sealed record GuestOptions
{
    /// <summary>The policy.</summary>
    public required HostPolicy Policy { get; init; }

    /// <summary>The guest of it.</summary>
    public required GuestPolicy Guest { get; init; }

    /// <summary>For whom to tell what the VM needs; null for nobody.</summary>
    public VmManager? For { get; init; }

    /// <summary>Where to write the ACPI table; null for nowhere.</summary>
    public string? AcpiTable { get; init; }

    /// <summary>Whose P-states the table has: those that serve will set.</summary>
    public FrequencyChoice Frequency { get; init; }

    /// <summary>Folder that holds "cpufreq"; null for the kernel's.</summary>
    public string? CpufreqRoot { get; init; }

    /// <summary>P-states of simulated pCPUs.</summary>
    public required PStateModel PStates { get; init; }

    /// <summary>One JSON object instead of text.</summary>
    public bool Json { get; init; }
}
