using PollScale.Telemetry;

namespace PollScale.Memif;

/// <summary>
/// Where the parts of one lcore's shared packet region lie: header, rx ring (S2M), tx ring (M2S), packet buffers, and
/// the lcore's telemetry block. The header stands in for memif's control socket, which a guest without a network stack cannot use.
/// </summary>
/// <remarks>
/// Every buffer begins with <see cref="BufferHeadroom"/> bytes: u64 send TSC, u64 sequence number; the frame follows. With 16
/// bytes of headroom the Ethernet and IPv4 headers share the buffer's first cache line with them.
/// </remarks>
internal sealed partial class PacketRegionLayout
{
    /// <summary>u32 at offset 0: "PSMF".</summary>
    public const uint Magic = 0x464D_5350;

    /// <summary>Version of this layout, u32 at offset 4.</summary>
    public const uint Version = 3;

    /// <summary>Smallest buffer, in bytes.</summary>
    public const int MinBufferSize = 128;

    /// <summary>Largest buffer, in bytes: it takes what libpcap calls the longest packet, 262144 bytes, and an Ethernet header more.</summary>
    public const int MaxBufferSize = 524288;

    /// <summary>Log2 of the smallest ring: one burst of 32.</summary>
    public const int MinLog2RingSize = 5;

    /// <summary>Bytes between a buffer's start and its frame.</summary>
    public const int BufferHeadroom = 16;

    /// <summary>Offset in a buffer of the u64 TSC at which the frame was offered.</summary>
    public const int SendTscOffset = 0;

    /// <summary>Offset in a buffer of the frame's u64 sequence number.</summary>
    public const int SequenceOffset = 8;

    /// <summary>u32 header fields, in bytes from the region's start; each holds the property of its name.</summary>
    public const int MagicField = 0, VersionField = 4, RegionSizeField = 8, Log2RxSizeField = 12, Log2TxSizeField = 16,
        BufferSizeField = 20, RxRingField = 24, TxRingField = 28, RxBuffersField = 32, TxBuffersField = 36, TelemetryField = 40;

    /// <summary>u32 the host sets to 1 after the last packet: drain the rx ring, then leave. On its own cache line.</summary>
    public const int StopField = 64;

    private const int HeaderSize = 4096;
    private const int Page = 4096;

    private PacketRegionLayout(int log2RxSize, int log2TxSize, int bufferSize)
    {
        Log2RxSize = log2RxSize;
        Log2TxSize = log2TxSize;
        BufferSize = bufferSize;
        RxRing = HeaderSize;
        TxRing = AlignUp(RxRing + MemifAbi.RingBytes(log2RxSize));
        Telemetry = AlignUp(TxRing + MemifAbi.RingBytes(log2TxSize));
        RxBuffers = AlignUp(Telemetry + LcoreTelemetryLayout.Size);
        long txBuffers = AlignUp(RxBuffers + ((long)bufferSize << log2RxSize));
        long size = AlignUp(txBuffers + ((long)bufferSize << log2TxSize));
        if (size > int.MaxValue)
        {
            throw new ArgumentException(
                $"Rings of 2^{log2RxSize} and 2^{log2TxSize} buffers of {bufferSize} bytes need {size} bytes; a region holds at most {int.MaxValue}. Use a smaller ring.");
        }

        TxBuffers = (int)txBuffers;
        RegionSize = (int)size;
    }

    /// <summary>Log2 of the rx ring's size.</summary>
    public int Log2RxSize { get; }

    /// <summary>Log2 of the tx ring's size.</summary>
    public int Log2TxSize { get; }

    /// <summary>Bytes of a packet buffer, headroom included; a power of two, <see cref="MinBufferSize"/> .. <see cref="MaxBufferSize"/>.</summary>
    public int BufferSize { get; }

    /// <summary>Offset of the rx ring.</summary>
    public int RxRing { get; }

    /// <summary>Offset of the tx ring.</summary>
    public int TxRing { get; }

    /// <summary>Offset of the telemetry block, see <see cref="LcoreTelemetryLayout"/>.</summary>
    public int Telemetry { get; }

    /// <summary>Offset of the rx buffers: buffer i serves descriptor i.</summary>
    public int RxBuffers { get; }

    /// <summary>Offset of the tx buffers: buffer i serves descriptor i.</summary>
    public int TxBuffers { get; }

    /// <summary>Bytes of the region, a multiple of 4096.</summary>
    public int RegionSize { get; }

    /// <summary>Longest frame a buffer holds, in bytes.</summary>
    public int MaxFrame => BufferSize - BufferHeadroom;

    /// <summary>Lays out a region.</summary>
    /// <param name="log2RxSize">Log2 of the rx ring's size, 5 .. 14.</param>
    /// <param name="log2TxSize">Log2 of the tx ring's size, 5 .. 14.</param>
    /// <param name="bufferSize">Bytes of a packet buffer, a power of two, <see cref="MinBufferSize"/> .. <see cref="MaxBufferSize"/>.</param>
    /// <exception cref="ArgumentException">A value is out of range, or the region would exceed 2 GiB.</exception>
    public static PacketRegionLayout Create(int log2RxSize = 12, int log2TxSize = 12, int bufferSize = 2048)
    {
        if (log2RxSize is < MinLog2RingSize or > MemifAbi.MaxLog2RingSize || log2TxSize is < MinLog2RingSize or > MemifAbi.MaxLog2RingSize)
        {
            throw new ArgumentException($"Ring sizes of 2^{log2RxSize} and 2^{log2TxSize}: the exponent must lie in {MinLog2RingSize}..{MemifAbi.MaxLog2RingSize}.");
        }

        if (bufferSize is < MinBufferSize or > MaxBufferSize || !int.IsPow2(bufferSize))
        {
            throw new ArgumentException($"A buffer of {bufferSize} bytes: the size must be a power of two in {MinBufferSize}..{MaxBufferSize}.");
        }

        return new PacketRegionLayout(log2RxSize, log2TxSize, bufferSize);
    }

    private static int AlignUp(int offset) => (offset + Page - 1) & -Page;

    private static long AlignUp(long offset) => (offset + Page - 1) & -Page;
}
