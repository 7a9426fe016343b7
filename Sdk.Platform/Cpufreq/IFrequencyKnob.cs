namespace PollScale.Cpufreq;

/// <summary>Sets the frequency of a policy and reads back what the kernel made of it. <see cref="Set"/> and <see cref="Read"/> allocate nothing.</summary>
internal interface IFrequencyKnob
{
    /// <summary>The lowest and highest that it sets, kHz; null where the policy's bounds say so, which it leaves alone.</summary>
    (uint Lowest, uint Highest)? Limits { get; }

    /// <summary>Sets it.</summary>
    CpufreqResult Set(uint kHz);

    /// <summary>Reads what the kernel shows, and whether control is still here.</summary>
    CpufreqResult Read();

    /// <summary>Makes ready to set again after another program wrote the files, with the governor back in place.</summary>
    void Regain();
}
