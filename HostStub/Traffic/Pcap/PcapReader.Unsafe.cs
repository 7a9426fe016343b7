using System.Runtime.InteropServices;
using PollScale.Native;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>Reads an Ethernet capture, pcap or pcapng, packet by packet through libpcap.</summary>
internal sealed unsafe class PcapReader : IDisposable
{
    // Keeps seconds * 1e9 within a long: 272 years.
    private const long MaxSeconds = 1L << 33;
    private nint _handle;

    private PcapReader(nint handle)
    {
        _handle = handle;
    }

    /// <summary>Why reading ended before the file did: the rest is cut off or damaged. Null when it did not.</summary>
    public string? Damage { get; private set; }

    /// <summary>Opens a capture.</summary>
    /// <exception cref="PcapException">libpcap is missing, or the file is absent, no regular file, no capture, or not of Ethernet.</exception>
    public static PcapReader Open(string path)
    {
        CheckRegular(path);
        try
        {
            // A full path, because libpcap takes "-" for standard input.
            return OpenRegular(Path.GetFullPath(path));
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new PcapException($"Cannot replay {path}: libpcap is missing. Install it: apt-get install libpcap0.8 (Fedora: dnf install libpcap).", e);
        }
    }

    /// <summary>Reads the next packet.</summary>
    /// <param name="frame">Its captured bytes, valid until the next call.</param>
    /// <param name="timeNs">Its time stamp, ns since 1970.</param>
    /// <param name="length">Its length on the wire, which a short snap length makes larger than the frame.</param>
    /// <returns>False at the end, and at damage, see <see cref="Damage"/>.</returns>
    public bool TryRead(out ReadOnlySpan<byte> frame, out long timeNs, out uint length)
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        pcap_pkthdr* header;
        byte* data;
        int result = LibPcap.pcap_next_ex(_handle, &header, &data);
        if (result != 1)
        {
            frame = default;
            timeNs = 0;
            length = 0;
            Damage = result == LibPcap.PCAP_ERROR_BREAK ? null : Text(LibPcap.pcap_geterr(_handle));
            return false;
        }

        frame = new ReadOnlySpan<byte>(data, checked((int)header->caplen));
        timeNs = (Math.Clamp(header->tv_sec, 0, MaxSeconds) * 1_000_000_000) + Math.Clamp(header->tv_usec, 0, 999_999_999);
        length = header->len;
        return true;
    }

    public void Dispose()
    {
        if (_handle != 0)
        {
            LibPcap.pcap_close(_handle);
            _handle = 0;
        }
    }

    private static PcapReader OpenRegular(string path)
    {
        byte* error = stackalloc byte[LibPcap.PCAP_ERRBUF_SIZE];
        *error = 0;
        nint handle = LibPcap.pcap_open_offline_with_tstamp_precision(path, LibPcap.PCAP_TSTAMP_PRECISION_NANO, error);
        if (handle == 0)
        {
            throw new PcapException($"{path} is not a capture that libpcap can read: {Text(error)}. Give a pcap or pcapng file, as tcpdump -w or Wireshark write it.");
        }

        PcapReader reader = new(handle);
        int link = LibPcap.pcap_datalink(handle);
        if (link != LibPcap.DLT_EN10MB)
        {
            reader.Dispose();
            string name = Text(LibPcap.pcap_datalink_val_to_name(link), "unknown");
            throw new PcapException($"{path} holds packets of link type {link} ({name}), not Ethernet. Capture on one Ethernet interface: tcpdump -i eth0 -w FILE.");
        }

        return reader;
    }

    // A FIFO would block libpcap for ever.
    private static void CheckRegular(string path)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new PcapException("The capture's path is empty or holds a NUL character. Give a pcap or pcapng file.");
        }

        if (Directory.Exists(path))
        {
            throw new PcapException($"{path} is a directory. Give a pcap or pcapng file.");
        }

        int fd = LibC.open(path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (fd < 0)
        {
            throw new PcapException($"Cannot open {path}: {LibC.strerror(LibC.errno)}.");
        }

        long size = LibC.lseek(fd, 0, LibC.SEEK_END);
        LibC.close(fd);
        if (size < 0)
        {
            throw new PcapException($"{path} is not a regular file. A capture is loaded whole before it is replayed: save it to a file first.");
        }

        if (size == 0)
        {
            throw new PcapException($"{path} is empty, or no regular file: there is nothing to replay.");
        }
    }

    private static string Text(byte* text, string fallback = "no reason given") => Marshal.PtrToStringUTF8((nint)text) ?? fallback;
}
