namespace PollScale.Cpufreq;

/// <summary>Writes both bounds of a policy.</summary>
/// <remarks>
/// The files show what comes of several requests: that of user space, which a write changes, and limits of the kernel's own, by firmware
/// (ACPI _PPC) or heat, which no write lifts. scaling_max_freq shows the lowest of them (kernel: power/pm_qos_interface.rst, "frequency QoS").
/// </remarks>
internal static class CpufreqBounds
{
    /// <summary>
    /// Writes them in the order in which scaling_min_freq never exceeds scaling_max_freq: the maximum first, unless it would fall below the
    /// present minimum. Kernels before 5.3 refuse a crossing with EINVAL; later ones take it and clamp the minimum silently.
    /// </summary>
    /// <returns>Linux error number of the first write that failed, 0 for none.</returns>
    public static int Write(CpufreqPolicyFiles files, uint minKHz, uint maxKHz, uint presentMinKHz)
    {
        bool maxFirst = maxKHz >= presentMinKHz;
        int error = maxFirst ? files.Max.WriteKHz(maxKHz) : files.Min.WriteKHz(minKHz);
        return error != 0 ? error : maxFirst ? files.Min.WriteKHz(minKHz) : files.Max.WriteKHz(maxKHz);
    }

    /// <summary>Finds the kernel's own limit: asks for all there is, which leaves that limit alone to be shown. The request stays at that.</summary>
    /// <returns>scaling_max_freq, kHz; null when it could not be written.</returns>
    public static uint? KernelLimit(CpufreqPolicyFiles files, uint hardwareMaxKHz) =>
        files.Max.WriteKHz(hardwareMaxKHz) == 0 && files.Max.ReadKHz(out uint shown) == 0 ? shown : null;

    /// <summary>Reads both.</summary>
    /// <returns>Linux error number, 0 for none.</returns>
    public static int Read(CpufreqPolicyFiles files, out uint minKHz, out uint maxKHz)
    {
        maxKHz = 0;
        int error = files.Min.ReadKHz(out minKHz);
        return error != 0 ? error : files.Max.ReadKHz(out maxKHz);
    }
}
