namespace PollScale.Cpufreq;

/// <summary>What a policy is restored to.</summary>
/// <param name="Governor">scaling_governor.</param>
/// <param name="MinKHz">scaling_min_freq.</param>
/// <param name="MaxKHz">scaling_max_freq.</param>
/// <param name="SetSpeedKHz">scaling_setspeed; null where another governor rules.</param>
/// <param name="Preference">energy_performance_preference; null where there is none.</param>
internal sealed record CpufreqSettings(string Governor, uint MinKHz, uint MaxKHz, uint? SetSpeedKHz, string? Preference)
{
    /// <summary>scaling_max_freq as it was shown, where a limit by firmware or heat kept it below <see cref="MaxKHz"/>; else 0. That limit may still hold when all is restored.</summary>
    public uint ShownMaxKHz { get; init; }

    /// <summary>True for bounds that are restored as well as they can be.</summary>
    public bool AreBounds(uint minKHz, uint maxKHz) =>
        maxKHz == MaxKHz ? minKHz == MinKHz : ShownMaxKHz > 0 && maxKHz >= ShownMaxKHz && maxKHz < MaxKHz && minKHz == Math.Min(MinKHz, maxKHz);

    /// <summary>Reads them.</summary>
    /// <exception cref="CpufreqException">One cannot be read.</exception>
    public static CpufreqSettings Read(CpufreqPolicyFiles files)
    {
        Check(files.Governor, files.Governor.ReadText(out string governor));
        Check(files.Min, files.Min.ReadKHz(out uint min));
        Check(files.Max, files.Max.ReadKHz(out uint max));
        uint? setSpeed = files.SetSpeed is not null && files.SetSpeed.ReadKHz(out uint kHz) == 0 ? kHz : null;
        string? preference = files.Preference is not null && files.Preference.ReadText(out string text) == 0 && text.Length > 0 ? text : null;
        return new CpufreqSettings(governor, min, max, setSpeed, preference);
    }

    private static void Check(CpufreqPolicyFile file, int error)
    {
        if (error != 0)
        {
            throw new CpufreqException(CpufreqProblem.Failed, $"{file.Path} cannot be read: {Native.LibC.strerror(error)}. Is the CPU online?");
        }
    }
}
