using PollScale.Memif;
using PollScale.Native;
using PollScale.Telemetry;

namespace PollScale.HostStub.Traffic;

/// <summary>The host's side of one packet region: a memfd of the layout's size, set up and with every tx buffer posted.</summary>
/// <remarks>The memfd is sealed against resizing: a guest process that shrank it could kill the host with SIGBUS.</remarks>
// SAFETY: offsets are of a layout that fits the region, which is sealed against shrinking and mapped until disposal.
internal sealed unsafe class PacketMemory : IDisposable
{
    private byte* _region;

    public PacketMemory(PacketRegionLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        Fd = LibC.memfd_create("pollscale-memif", LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING);
        if (Fd < 0)
        {
            throw Fail("memfd_create");
        }

        if (LibC.ftruncate(Fd, layout.RegionSize) < 0)
        {
            throw CloseAndFail("ftruncate");
        }

        if (LibC.fcntl(Fd, LibC.F_ADD_SEALS, LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW | LibC.F_SEAL_SEAL) < 0)
        {
            throw CloseAndFail("fcntl(F_ADD_SEALS)");
        }

        void* region = LibC.mmap(null, (nuint)layout.RegionSize, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED | LibC.MAP_POPULATE, Fd, 0);
        if (region == LibC.MAP_FAILED)
        {
            throw CloseAndFail("mmap");
        }

        _region = (byte*)region;
        SetUp();
    }

    /// <summary>Where the parts lie.</summary>
    public PacketRegionLayout Layout { get; }

    /// <summary>The memfd; a guest process opens it as /proc/PID/fd/<see cref="Fd"/>.</summary>
    public int Fd { get; }

    /// <summary>Host address of the region's first byte, page-aligned.</summary>
    public nint Address => (nint)_region;

    /// <summary>Bytes of the region, a multiple of 4096.</summary>
    public int Size => Layout.RegionSize;

    /// <summary>Host address of the telemetry block that the guest writes.</summary>
    public nint TelemetryAddress => (nint)(_region + Layout.Telemetry);

    /// <summary>The rx ring, which the host fills.</summary>
    public MemifRing RxRing => new(_region + Layout.RxRing, Layout.Log2RxSize);

    /// <summary>The tx ring, which the host drains.</summary>
    public MemifRing TxRing => new(_region + Layout.TxRing, Layout.Log2TxSize);

    /// <summary>How far the guest says it has come; a value that is no state reads as booting.</summary>
    public LcoreState State
    {
        get
        {
            ulong state = Volatile.Read(ref *(ulong*)(_region + Layout.Telemetry + LcoreTelemetryLayout.State));
            return state <= (ulong)LcoreState.Done ? (LcoreState)state : LcoreState.Booting;
        }
    }

    /// <summary>Tells the guest to drain its rx ring and leave.</summary>
    public void RequestStop() => Volatile.Write(ref *(uint*)(_region + PacketRegionLayout.StopField), 1);

    public void Dispose()
    {
        if (_region != null)
        {
            LibC.munmap(_region, (nuint)Layout.RegionSize);
            LibC.close(Fd);
            _region = null;
        }
    }

    private void SetUp()
    {
        Layout.Write(new Span<byte>(_region, PacketRegionLayout.HeaderBytes));
        MemifRing rx = RxRing;
        rx.Cookie = MemifAbi.Cookie;
        rx.Flags = MemifAbi.RingFlagMaskInterrupt;
        for (int i = 0; i < rx.Size; i++)
        {
            rx.Descriptor(i) = new memif_desc_t { offset = FrameOffset(Layout.RxBuffers, i) };
        }

        MemifRing tx = TxRing;
        tx.Cookie = MemifAbi.Cookie;
        tx.Flags = MemifAbi.RingFlagMaskInterrupt;
        for (int i = 0; i < tx.Size; i++)
        {
            tx.Descriptor(i) = new memif_desc_t { offset = FrameOffset(Layout.TxBuffers, i), length = (uint)Layout.MaxFrame };
        }

        tx.Head = (ushort)tx.Size;
    }

    private uint FrameOffset(int buffers, int index) => (uint)(buffers + (index * Layout.BufferSize) + PacketRegionLayout.BufferHeadroom);

    private TrafficException CloseAndFail(string call)
    {
        TrafficException failure = Fail(call);
        LibC.close(Fd);
        return failure;
    }

    private TrafficException Fail(string call)
    {
        int error = LibC.errno;
        return new TrafficException(
            $"Cannot make the packet region of {Layout.RegionSize >> 10} KiB: {call} failed, {LibC.strerror(error)} (errno {error}). A smaller ring or buffer size needs less memory.");
    }
}
