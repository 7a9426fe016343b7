namespace PollScale.HostStub.Frequencies;

/// <summary>What sets the frequency.</summary>
internal enum FrequencyChoice
{
    /// <summary>Nothing: P-states are emulated.</summary>
    Simulated,

    /// <summary>This machine's cpufreq.</summary>
    Cpufreq,

    /// <summary>cpufreq where it works and is allowed, else simulated.</summary>
    Auto,
}
