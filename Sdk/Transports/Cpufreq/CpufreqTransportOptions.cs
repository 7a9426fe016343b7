using PollScale.Cpufreq;

namespace PollScale.Transports;

/// <summary>Sets the real frequency through cpufreq instead of calling a host: for bare metal and containers.</summary>
public sealed record CpufreqTransportOptions : FrequencyTransportOptions
{
    /// <summary>Which CPU, and where to note what to restore; the default takes the CPU that the thread is pinned to.</summary>
    public CpufreqOptions Cpufreq { get; init; } = new();
}
