namespace PollScale.Cpufreq;

/// <summary>The attributes of a policy that are written, and its present frequency, kept open.</summary>
internal sealed class CpufreqPolicyFiles : IDisposable
{
    private CpufreqPolicyFiles(CpufreqPolicyFile governor, CpufreqPolicyFile min, CpufreqPolicyFile max, CpufreqPolicyFile? setSpeed, CpufreqPolicyFile? preference, CpufreqPolicyFile? current)
    {
        Governor = governor;
        Min = min;
        Max = max;
        SetSpeed = setSpeed;
        Preference = preference;
        Current = current;
    }

    /// <summary>scaling_governor.</summary>
    public CpufreqPolicyFile Governor { get; }

    /// <summary>scaling_min_freq.</summary>
    public CpufreqPolicyFile Min { get; }

    /// <summary>scaling_max_freq.</summary>
    public CpufreqPolicyFile Max { get; }

    /// <summary>scaling_setspeed; null where the driver chooses by itself.</summary>
    public CpufreqPolicyFile? SetSpeed { get; }

    /// <summary>energy_performance_preference; null where there is none.</summary>
    public CpufreqPolicyFile? Preference { get; }

    /// <summary>scaling_cur_freq, open for reading; null where it cannot be.</summary>
    public CpufreqPolicyFile? Current { get; }

    /// <summary>Opens them for writing, so that a missing permission shows before anything is changed.</summary>
    /// <exception cref="CpufreqException">One cannot be opened.</exception>
    public static CpufreqPolicyFiles Open(ICpufreqFiles files, string folder)
    {
        List<CpufreqPolicyFile> opened = [];
        try
        {
            return new CpufreqPolicyFiles(
                Open("scaling_governor", true)!,
                Open("scaling_min_freq", true)!,
                Open("scaling_max_freq", true)!,
                Open("scaling_setspeed", false),
                Open("energy_performance_preference", false),
                files.Open(Path.Combine(folder, "scaling_cur_freq"), writable: false, out _) is ICpufreqFile current ? new CpufreqPolicyFile(current) : null);
        }
        catch
        {
            opened.ForEach(file => file.Dispose());
            throw;
        }

        CpufreqPolicyFile? Open(string name, bool required)
        {
            string path = Path.Combine(folder, name);
            if (files.Open(path, writable: true, out int error) is not ICpufreqFile file)
            {
                return !required && error == Native.LibC.ENOENT ? null : throw CpufreqErrors.CannotOpen(path, error);
            }

            opened.Add(new CpufreqPolicyFile(file));
            return opened[^1];
        }
    }

    /// <summary>Marks the policy as this process's, whatever lease folder others use and wherever they have the files mounted.</summary>
    /// <returns>Null, or that another process controls it.</returns>
    public string? TryHold() => Governor.TryHold(out int holder) ? null
        : $"{Governor.Path} is held by {(holder > 0 ? $"process {holder}" : "a process that cannot be seen from here")}, which controls this policy through another lease folder. "
        + "End that process first, or choose a CPU of another policy.";

    public void Dispose()
    {
        Current?.Dispose();
        Governor.Dispose();
        Min.Dispose();
        Max.Dispose();
        SetSpeed?.Dispose();
        Preference?.Dispose();
    }
}
