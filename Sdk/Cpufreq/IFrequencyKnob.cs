namespace PollScale.Cpufreq;

/// <summary>Sets the frequency of a policy and reads back what the kernel made of it. Allocates nothing.</summary>
internal interface IFrequencyKnob
{
    /// <summary>Sets it.</summary>
    CpufreqResult Set(uint kHz);

    /// <summary>Reads what the kernel shows, and whether control is still here.</summary>
    CpufreqResult Read();
}
