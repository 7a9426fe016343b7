using PollScale.Lab.Image;

namespace PollScale.Lab.Scenarios;

/// <summary>Says what is wrong with frequencies seen; an empty list when nothing is.</summary>
internal static class FrequencyJudge
{
    /// <summary>After a request of the guest on one CPU: that CPU, and no other, must have changed, in sysfs and in the register.</summary>
    /// <param name="cpu">CPU of the guest.</param>
    /// <param name="pState">P-state it must have now.</param>
    /// <param name="before">All CPUs before the guest ran.</param>
    /// <param name="now">All CPUs now.</param>
    public static List<string> Request(int cpu, int pState, IReadOnlyList<CpuState> before, IReadOnlyList<CpuState> now)
    {
        List<string> complaints = [];
        for (int i = 0; i < now.Count; i++)
        {
            (long kHz, byte register) = i == cpu ? (PStateSsdt.KHz[pState], PStateSsdt.Control(pState)) : (before[i].KHz, before[i].Register);
            Compare(complaints, $"CPU {i}: scaling_cur_freq", kHz, now[i].KHz);
            Compare(complaints, $"CPU {i}: register", register, now[i].Register);
        }

        return complaints;
    }

    /// <summary>After the run: every CPU must have its governor and bounds back.</summary>
    /// <param name="before">All CPUs before the guest ran.</param>
    /// <param name="now">All CPUs now.</param>
    public static List<string> Restored(IReadOnlyList<CpuState> before, IReadOnlyList<CpuState> now)
    {
        List<string> complaints = [];
        for (int i = 0; i < now.Count; i++)
        {
            Compare(complaints, $"CPU {i}: scaling_governor", before[i].Governor, now[i].Governor);
            Compare(complaints, $"CPU {i}: scaling_min_freq", before[i].MinKHz, now[i].MinKHz);
            Compare(complaints, $"CPU {i}: scaling_max_freq", before[i].MaxKHz, now[i].MaxKHz);
        }

        return complaints;
    }

    private static void Compare<T>(List<string> complaints, string what, T expected, T actual)
        where T : IEquatable<T>
    {
        if (!expected.Equals(actual))
        {
            complaints.Add($"{what} is {actual} instead of {expected}");
        }
    }
}
