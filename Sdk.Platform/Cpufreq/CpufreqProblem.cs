namespace PollScale.Cpufreq;

/// <summary>Kinds of reasons why a frequency cannot be controlled.</summary>
public enum CpufreqProblem
{
    /// <summary>The kernel shows no cpufreq at all: usual inside a VM.</summary>
    NoCpufreq,

    /// <summary>No policy drives the CPU: it is offline, or does not exist.</summary>
    NoPolicy,

    /// <summary>The files may not be written by this user.</summary>
    NoPermission,

    /// <summary>The files are on a read-only mount: usual in containers.</summary>
    ReadOnly,

    /// <summary>The kernel takes no governor that could be used.</summary>
    NoGovernor,

    /// <summary>Another process controls the policy.</summary>
    Held,

    /// <summary>A lease file is unreadable or its values could not be restored.</summary>
    BadLease,

    /// <summary>The attributes show something that cannot be used, or a write failed.</summary>
    Failed,
}
