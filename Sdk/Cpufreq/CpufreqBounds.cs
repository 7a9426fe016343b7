namespace PollScale.Cpufreq;

/// <summary>Writes both bounds of a policy.</summary>
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
}
