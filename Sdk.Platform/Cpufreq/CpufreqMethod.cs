namespace PollScale.Cpufreq;

/// <summary>Ways to set one frequency.</summary>
internal enum CpufreqMethod
{
    /// <summary>The userspace governor and scaling_setspeed: one write, and the administrator's bounds stay in force.</summary>
    SetSpeed,

    /// <summary>scaling_min_freq and scaling_max_freq, both set to the frequency: the only way with drivers that choose themselves.</summary>
    Bounds,
}
