namespace PollScale.HostStub.Doctor;

/// <summary>What doctor was asked.</summary>
internal sealed record DoctorOptions
{
    /// <summary>What the machine is to be usable for.</summary>
    public Purpose For { get; init; }

    /// <summary>pCPU meant for the lcore; null for the last that this process may use, as run takes it.</summary>
    public int? Cpu { get; init; }

    /// <summary>Folder of lease files; null for the usual ones.</summary>
    public string? LeaseFolder { get; init; }

    /// <summary>Folder that holds "cpufreq"; null for the kernel's.</summary>
    public string? CpufreqRoot { get; init; }

    /// <summary>Policy file to check; null for none.</summary>
    public string? Policy { get; init; }

    /// <summary>One JSON object instead of a table.</summary>
    public bool Json { get; init; }

    /// <summary>The loss certificate wanted; null for none.</summary>
    public CertificateRequest? Certificate { get; init; }
}
