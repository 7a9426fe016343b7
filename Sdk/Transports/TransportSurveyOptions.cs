using PollScale.Cpufreq;

namespace PollScale.Transports;

/// <summary>What a survey of transports looks at.</summary>
public sealed record TransportSurveyOptions
{
    /// <summary>Folder that stands for "/" in the search of the shared page's device and the guest channel's port. The default is "/".</summary>
    public string Root { get; init; } = "/";

    /// <summary>The lcore whose guest-channel port is looked for. The default is 0.</summary>
    public int Lcore { get; init; }

    /// <summary>Folder that holds "cpufreq"; default <see cref="CpufreqTree.DefaultRoot"/>.</summary>
    public string CpufreqRoot { get; init; } = CpufreqTree.DefaultRoot;

    /// <summary>CPU whose cpufreq policy, and whose slot of the shared page, is looked at; null, the default, takes the one the thread is pinned to, else the first that has a policy.</summary>
    public int? Cpu { get; init; }

    /// <summary>Folder of lease files; null takes the usual ones, see <see cref="CpufreqOptions.LeaseFolder"/>.</summary>
    public string? LeaseFolder { get; init; }

    /// <summary>Descriptor that a host stub handed down; -1, the default, for none.</summary>
    public int SocketFd { get; init; } = -1;
}
