using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PollScale.Native;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>Reads a capture, pcap or pcapng, as it is or packed by gzip, packet by packet through libpcap.</summary>
// SAFETY: libpcap's header and bytes are valid until its next call, caplen of them, which it bounds.
internal sealed unsafe class PcapReader : IDisposable
{
    private const int NsPerSecond = 1_000_000_000;

    // Keeps seconds * 1e9 within a long: 272 years.
    private const long MaxSeconds = 1L << 33;
    private readonly string _path;
    private readonly GzipPump? _pump;
    private nint _handle;
    private long _packets;

    private PcapReader(string path, nint handle, GzipPump? pump)
    {
        _path = path;
        _handle = handle;
        _pump = pump;
        LinkType = LibPcap.pcap_datalink(handle);
    }

    /// <summary>Link type of every packet, as libpcap numbers them (DLT_...).</summary>
    public int LinkType { get; }

    /// <summary>Its name, such as EN10MB or RAW.</summary>
    public string LinkName => Text(LibPcap.pcap_datalink_val_to_name(LinkType), "unknown");

    /// <summary>Why reading ended before the file did: the rest is cut off or damaged. Null when it did not.</summary>
    public string? Damage { get; private set; }

    /// <summary>Packets whose time stamp is no time that can be replayed; they are given the nearest that is.</summary>
    public long StrangeTimes { get; private set; }

    /// <summary>Opens a capture.</summary>
    /// <exception cref="PcapException">libpcap is missing, or the file is absent, no regular file, or no capture.</exception>
    public static PcapReader Open(string path)
    {
        SafeFileHandle file = CaptureFile.Open(path, out bool isGzip);
        GzipPump? pump = null;
        int fd;
        if (isGzip)
        {
            pump = GzipPump.Start(file, path, out fd);
        }
        else
        {
            fd = LibC.fcntl((int)file.DangerousGetHandle(), LibC.F_DUPFD_CLOEXEC, 0);
            file.Dispose();
        }

        nint stream = LibC.fdopen(fd, "rb");
        nint handle = 0;
        try
        {
            handle = OpenStream(path, stream, pump);
            return new PcapReader(path, handle, pump);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new PcapException($"Cannot replay {path}: libpcap is missing. Install it: apt-get install libpcap0.8 (Fedora: dnf install libpcap).", e);
        }
        finally
        {
            if (handle == 0)
            {
                _ = stream != 0 ? LibC.fclose(stream) : LibC.close(fd);
                pump?.Dispose();
            }
        }
    }

    /// <summary>Reads the next packet.</summary>
    /// <param name="frame">Its captured bytes, valid until the next call.</param>
    /// <param name="timeNs">Its time stamp, ns since 1970.</param>
    /// <param name="length">Its length on the wire, which a short snap length makes larger than the frame.</param>
    /// <returns>False at the end, and at damage, see <see cref="Damage"/>.</returns>
    /// <exception cref="PcapException">The file goes on with packets that libpcap does not read together with those before.</exception>
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
            Damage = _pump?.Failure ?? Damage;
            CheckParts();
            return false;
        }

        _packets++;
        frame = new ReadOnlySpan<byte>(data, checked((int)header->caplen));
        bool strange = header->tv_sec is < 0 or > MaxSeconds || header->tv_usec is < 0 or >= NsPerSecond;
        StrangeTimes += strange ? 1 : 0;
        timeNs = (Math.Clamp(header->tv_sec, 0, MaxSeconds) * NsPerSecond) + Math.Clamp(header->tv_usec, 0, NsPerSecond - 1);
        length = header->len;
        return true;
    }

    public void Dispose()
    {
        if (_handle != 0)
        {
            LibPcap.pcap_close(_handle);
            _handle = 0;
            _pump?.Dispose();
        }
    }

    private static nint OpenStream(string path, nint stream, GzipPump? pump)
    {
        byte* error = stackalloc byte[LibPcap.PCAP_ERRBUF_SIZE];
        *error = 0;
        nint handle = stream == 0 ? 0 : LibPcap.pcap_fopen_offline_with_tstamp_precision(stream, LibPcap.PCAP_TSTAMP_PRECISION_NANO, error);
        if (handle != 0)
        {
            return handle;
        }

        // The pump may still write what libpcap did not take; what it could not unpack is known only when the file was too short.
        string reason = Text(error);
        bool isShort = pump is not null && reason.Contains("truncated", StringComparison.Ordinal);
        throw new PcapException(isShort && pump!.Failure is string failure
            ? $"{path} cannot be unpacked: {failure}. Unpack it first to see what is left: gzip -dc {Path.GetFileName(path)}."
            : $"{path} is not a capture that libpcap can read: {reason}. Give a pcap or pcapng file, as tcpdump -w or Wireshark write it.");
    }

    // A file of several interfaces or sections may be whole, but libpcap takes one link type, snap length and byte order a file.
    private void CheckParts()
    {
        if (Damage is not string text || CaptureFile.Shape(_path) is not { IsWhole: true, IsOfParts: true } shape)
        {
            return;
        }

        string name = Path.GetFileName(_path);
        (string parts, string remedy) = shape switch
        {
            { LinkTypes: > 1 } => (
                $"{shape.Interfaces} interfaces of {shape.LinkTypes} link types",
                $"Replay one interface at a time: tshark -r {name} -Y frame.interface_id==0 -w - | editcap -T ether -F pcap - ONE.pcap, with the number and the link type (editcap -T) of the interface"),
            { ByteOrders: > 1 } => (
                $"{shape.Sections} sections of both byte orders", $"Write it as one: editcap -F pcap {name} ONE.pcap"),
            _ => ($"{shape.Interfaces} interfaces of {shape.SnapLengths} snap lengths", $"Write it as one: editcap -F pcap {name} ONE.pcap"),
        };
        throw new PcapException(
            $"{_path} is not damaged, but holds {parts}, and libpcap reads a file of one kind only: it stopped after packet {_packets} with \"{text}\". {remedy}.");
    }

    private static string Text(byte* text, string fallback = "no reason given") =>
        Marshal.PtrToStringUTF8((nint)text) is { Length: > 0 } given ? given : fallback;
}
