using System.Runtime.InteropServices;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>The calls of libpcap, under its names (pcap/pcap.h).</summary>
// SAFETY: signatures are those of pcap.h; strings and packets belong to the handle and are read before the next call.
internal static unsafe partial class LibPcap
{
    public const uint PCAP_TSTAMP_PRECISION_NANO = 1;
    public const int PCAP_ERRBUF_SIZE = 256;
    public const int PCAP_ERROR_BREAK = -2;

    private const string Library = "libpcap.so.0.8";

    /// <summary>Takes the stream over, to close it in <see cref="pcap_close"/>, only when it succeeds.</summary>
    [LibraryImport(Library)]
    public static partial nint pcap_fopen_offline_with_tstamp_precision(nint fp, uint precision, byte* errbuf);

    [LibraryImport(Library)]
    public static partial int pcap_next_ex(nint p, pcap_pkthdr** pkt_header, byte** pkt_data);

    [LibraryImport(Library)]
    public static partial int pcap_datalink(nint p);

    [LibraryImport(Library)]
    public static partial byte* pcap_datalink_val_to_name(int dlt);

    [LibraryImport(Library)]
    public static partial byte* pcap_geterr(nint p);

    [LibraryImport(Library)]
    public static partial void pcap_close(nint p);
}
