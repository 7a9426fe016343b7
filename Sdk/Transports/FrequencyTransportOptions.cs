namespace PollScale.Transports;

/// <summary>
/// Which way to take: a <see cref="HypercallOptions"/>, <see cref="RegionOptions"/>, <see cref="SocketOptions"/>, <see cref="GuestChannelOptions"/> or
/// <see cref="CpufreqTransportOptions"/>. There are no others.
/// </summary>
public abstract record FrequencyTransportOptions
{
    private protected FrequencyTransportOptions()
    {
    }
}
