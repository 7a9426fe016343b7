namespace PollScale.Cpufreq;

/// <summary>What became of a request to set a frequency, as read back from the kernel.</summary>
internal enum CpufreqOutcome
{
    /// <summary>The kernel shows the frequency asked for.</summary>
    Applied,

    /// <summary>The kernel took the request and shows another frequency: rounded to its table, or limited by bounds, firmware or heat.</summary>
    Adjusted,

    /// <summary>Something else changed the governor or the bounds. Nothing was written; it stays so until they are as this process left them.</summary>
    LostControl,

    /// <summary>EINVAL: the kernel refused the value.</summary>
    Refused,

    /// <summary>EBUSY or EAGAIN: not now; a later attempt may work.</summary>
    Busy,

    /// <summary>EACCES, EPERM or EROFS: the permission went away.</summary>
    NoPermission,

    /// <summary>ENODEV: the CPU went offline or the driver changed.</summary>
    Gone,

    /// <summary>EIO or another error of the driver.</summary>
    Failed,

    /// <summary>The old settings are restored already: the scaler was disposed, or a signal ended it.</summary>
    Released,
}
