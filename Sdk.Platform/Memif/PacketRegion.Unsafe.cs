using PollScale.Native;
using PollScale.Telemetry;

namespace PollScale.Memif;

/// <summary>
/// One lcore's shared packet region as the packet application sees it: its queues, its telemetry block and the host's stop flag.
/// The micro-VM offers it as the file /dev/memif0; on a plain host it is any memfd or shared-memory file.
/// </summary>
// SAFETY: the layout read from the region is checked against its length before any offset is used; a mapped one lasts until disposal.
internal sealed unsafe class PacketRegion : IDisposable
{
    private const int HeaderPage = 4096;
    private const int MaxMapping = int.MaxValue & -HeaderPage;
    private readonly int _mapped;
    private byte* _region;

    private PacketRegion(byte* region, PacketRegionLayout layout, int mapped)
    {
        CheckCookie(region + layout.RxRing, "rx");
        CheckCookie(region + layout.TxRing, "tx");
        _region = region;
        _mapped = mapped;
        Layout = layout;
        RxQueue = new RxQueue(region, layout);
        TxQueue = new TxQueue(region, layout);
        Delay = new LogLinearHistogram(Telemetry + LcoreTelemetryLayout.Delay);
        RoundTrip = new LogLinearHistogram(Telemetry + LcoreTelemetryLayout.RoundTrip);
    }

    /// <summary>Where the region's parts lie.</summary>
    public PacketRegionLayout Layout { get; }

    /// <summary>Packets that arrive.</summary>
    public RxQueue RxQueue { get; }

    /// <summary>Packets that leave.</summary>
    public TxQueue TxQueue { get; }

    /// <summary>First byte of the telemetry block, see <see cref="LcoreTelemetryLayout"/>.</summary>
    public byte* Telemetry => _region + Layout.Telemetry;

    /// <summary>Queueing delay of each packet, in TSC ticks.</summary>
    public LogLinearHistogram Delay { get; }

    /// <summary>Round trip of each frequency call, in TSC ticks.</summary>
    public LogLinearHistogram RoundTrip { get; }

    /// <summary>True once the host sent its last packet: drain the rx ring, then leave.</summary>
    public bool StopRequested => Volatile.Read(ref *(uint*)(_region + PacketRegionLayout.StopField)) != 0;

    /// <summary>A u64 of the telemetry block.</summary>
    /// <param name="offset">One of <see cref="LcoreTelemetryLayout"/>'s offsets, a multiple of 8.</param>
    public ref ulong TelemetryField(int offset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset, (uint)(LcoreTelemetryLayout.Size - sizeof(ulong)), nameof(offset));
        return ref *(ulong*)(Telemetry + offset);
    }

    /// <summary>Tells the host how far the lcore has come.</summary>
    public void SetState(LcoreState state) => Volatile.Write(ref TelemetryField(LcoreTelemetryLayout.State), (ulong)state);

    /// <summary>Maps the region that a file holds.</summary>
    /// <param name="path">For instance /dev/memif0, /dev/shm/NAME or /proc/PID/fd/N.</param>
    /// <exception cref="PacketRegionException">The file cannot be opened or mapped, or is no region of this version; the message tells which.</exception>
    public static PacketRegion Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        int fd = LibC.open(path, LibC.O_RDWR | LibC.O_CLOEXEC);
        if (fd < 0)
        {
            throw Fail(path, "open");
        }

        try
        {
            long size = LibC.lseek(fd, 0, LibC.SEEK_END);
            if (size < 0)
            {
                throw Fail(path, "find the size of");
            }

            if (size < HeaderPage)
            {
                throw new PacketRegionException($"{path} has {size} bytes; a packet region has at least {HeaderPage}. Start the host first, and give the region that it offers.");
            }

            return Map(path, fd, (int)Math.Min(size, MaxMapping));
        }
        finally
        {
            LibC.close(fd);
        }
    }

    /// <summary>A view of a region that is mapped already; disposing it leaves the mapping alone.</summary>
    /// <param name="region">First byte, page-aligned; must stay mapped as long as this object and its queues are used.</param>
    /// <param name="length">Bytes mapped.</param>
    /// <exception cref="PacketRegionException">It is no region of this version.</exception>
    public static PacketRegion At(byte* region, long length)
    {
        ArgumentNullException.ThrowIfNull(region);
        return new PacketRegion(region, ReadLayout(region, length), 0);
    }

    /// <summary>Unmaps the region. No queue may be in use.</summary>
    public void Dispose()
    {
        if (_mapped > 0 && _region != null)
        {
            LibC.munmap(_region, (nuint)_mapped);
        }

        _region = null;
    }

    private static PacketRegion Map(string path, int fd, int length)
    {
        void* address = LibC.mmap(null, (nuint)length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, fd, 0);
        if (address == LibC.MAP_FAILED)
        {
            throw Fail(path, "map");
        }

        try
        {
            PacketRegion region = new((byte*)address, ReadLayout((byte*)address, length), length);

            Populate((byte*)address, length);
            return region;
        }
        catch (PacketRegionException e)
        {
            LibC.munmap(address, (nuint)length);
            throw new PacketRegionException($"{path}: {e.Message}", e);
        }
    }

    // Page faults belong here and not into the first bursts. Where the kernel cannot populate, an add of nothing writes each page,
    // whatever its other side writes at the same time.
    private static void Populate(byte* region, long length)
    {
        if (LibC.madvise(region, (nuint)length, LibC.MADV_POPULATE_WRITE) == 0)
        {
            return;
        }

        for (long offset = 0; offset < length; offset += HeaderPage)
        {
            Interlocked.Add(ref *(int*)(region + offset), 0);
        }
    }

    private static PacketRegionLayout ReadLayout(byte* region, long length)
    {
        PacketRegionLayout layout = PacketRegionLayout.Read(new ReadOnlySpan<byte>(region, (int)Math.Clamp(length, 0, HeaderPage)));
        return layout.RegionSize <= length
            ? layout
            : throw new PacketRegionException($"It has {length} bytes, but its header describes a region of {layout.RegionSize}: it was cut off.");
    }

    private static void CheckCookie(byte* ring, string name)
    {
        uint cookie = *(uint*)ring;
        if (cookie != MemifAbi.Cookie)
        {
            throw new PacketRegionException($"The {name} ring's cookie is 0x{cookie:X}, not memif's 0x{MemifAbi.Cookie:X}: the host has not set the ring up.");
        }
    }

    private static PacketRegionException Fail(string path, string action)
    {
        int error = LibC.errno;
        return new PacketRegionException($"Cannot {action} {path}: {LibC.strerror(error)} (errno {error}).");
    }
}
