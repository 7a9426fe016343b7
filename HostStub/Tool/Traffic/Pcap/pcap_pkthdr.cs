#pragma warning disable CS0649 // libpcap fills it.

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>Mirrors struct pcap_pkthdr (pcap/pcap.h) on a 64-bit Linux.</summary>
internal struct pcap_pkthdr
{
    public long tv_sec;

    /// <summary>Nanoseconds when the file was opened with PCAP_TSTAMP_PRECISION_NANO.</summary>
    public long tv_usec;

    public uint caplen;
    public uint len;
}
