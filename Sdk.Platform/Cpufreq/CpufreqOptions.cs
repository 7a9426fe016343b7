namespace PollScale.Cpufreq;

/// <summary>Which frequency to control, and where to note what to restore.</summary>
public sealed record CpufreqOptions
{
    /// <summary>Folder that holds "cpufreq"; default <see cref="CpufreqTree.DefaultRoot"/>.</summary>
    public string Root { get; init; } = CpufreqTree.DefaultRoot;

    /// <summary>CPU to control, as the kernel numbers it; null takes the one that the calling thread is pinned to.</summary>
    public int? Cpu { get; init; }

    /// <summary>Folder for the lease file; null takes /run/pollscale, or $XDG_RUNTIME_DIR/pollscale where that may not be written. All that control this machine should share one.</summary>
    public string? LeaseFolder { get; init; }

    /// <summary>Restore on SIGTERM, SIGINT, SIGHUP and SIGQUIT too; default false: a library takes no signals from its program. True for one that does not dispose what it opened when one of these ends it.</summary>
    public bool RestoreOnSignals { get; init; }
}
