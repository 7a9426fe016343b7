using PollScale.Native;
using PollScale.Telemetry;

namespace PollScale.Memif;

/// <summary>
/// One lcore's shared packet region as the packet application sees it: its queues, its telemetry block and the host's stop flag.
/// The micro-VM offers it as the file /dev/memif0; on a plain host it is any memfd or shared-memory file.
/// </summary>
public sealed unsafe class PacketRegion : IDisposable
{
    private const int HeaderPage = 4096;
    private readonly bool _owned;
    private byte* _region;

    private PacketRegion(byte* region, PacketRegionLayout layout, bool owned)
    {
        CheckCookie(region + layout.RxRing, "rx");
        CheckCookie(region + layout.TxRing, "tx");
        _region = region;
        _owned = owned;
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

            PacketRegionLayout layout = ReadLayout(path, fd);
            if (layout.RegionSize > size)
            {
                throw new PacketRegionException($"{path} has {size} bytes, but its header describes a region of {layout.RegionSize}: the file was cut off.");
            }

            byte* region = Map(path, fd, layout.RegionSize, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED | LibC.MAP_POPULATE);
            try
            {
                return new PacketRegion(region, layout, owned: true);
            }
            catch
            {
                LibC.munmap(region, (nuint)layout.RegionSize);
                throw;
            }
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
        PacketRegionLayout layout = PacketRegionLayout.Read(new ReadOnlySpan<byte>(region, (int)Math.Clamp(length, 0, HeaderPage)));
        return layout.RegionSize <= length
            ? new PacketRegion(region, layout, owned: false)
            : throw new PacketRegionException($"{length} bytes are mapped, but the header describes a region of {layout.RegionSize}.");
    }

    /// <summary>Unmaps the region. No queue may be in use.</summary>
    public void Dispose()
    {
        if (_owned && _region != null)
        {
            LibC.munmap(_region, (nuint)Layout.RegionSize);
        }

        _region = null;
    }

    private static PacketRegionLayout ReadLayout(string path, int fd)
    {
        byte* header = Map(path, fd, HeaderPage, LibC.PROT_READ, LibC.MAP_SHARED);
        try
        {
            return PacketRegionLayout.Read(new ReadOnlySpan<byte>(header, HeaderPage));
        }
        catch (PacketRegionException e)
        {
            throw new PacketRegionException($"{path}: {e.Message}", e);
        }
        finally
        {
            LibC.munmap(header, HeaderPage);
        }
    }

    private static byte* Map(string path, int fd, int length, int protection, int flags)
    {
        void* address = LibC.mmap(null, (nuint)length, protection, flags, fd, 0);
        return address != LibC.MAP_FAILED ? (byte*)address : throw Fail(path, "map");
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
