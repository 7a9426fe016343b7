namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>A capture cannot be read or replayed; the message names the file, the reason and what to do.</summary>
internal sealed class PcapException : TrafficException
{
    public PcapException(string message)
        : base(message)
    {
    }

    public PcapException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
