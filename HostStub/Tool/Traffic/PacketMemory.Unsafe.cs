using System.ComponentModel;
using PollScale.Memif;
using PollScale.Native;
using PollScale.Telemetry;

namespace PollScale.HostStub.Traffic;

/// <summary>The host's side of one packet region: a memfd of the layout's size, set up and with every tx buffer posted.</summary>
/// <remarks>The memfd is sealed against resizing: a guest process that shrank it could kill the host with SIGBUS.</remarks>
// SAFETY: offsets are of a layout that fits the region, which is sealed against shrinking and mapped until disposal.
internal sealed unsafe class PacketMemory : IDisposable
{
    private readonly StreamDescriptor _memory;
    private byte* _region;

    public PacketMemory(PacketRegionLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        try
        {
            _memory = SealedMemory.Make("pollscale-memif", layout.RegionSize);
        }
        catch (Win32Exception e)
        {
            throw Fail(e.Message, e);
        }

        void* region = LibC.mmap(null, (nuint)layout.RegionSize, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED | LibC.MAP_POPULATE, _memory.Fd, 0);
        if (region == LibC.MAP_FAILED)
        {
            Win32Exception failure = Errno.Failure("mmap");
            _memory.Dispose();
            throw Fail(failure.Message, failure);
        }

        _region = (byte*)region;
        SetUp();
    }

    /// <summary>Where the parts lie.</summary>
    public PacketRegionLayout Layout { get; }

    /// <summary>The memfd; a guest process opens it as /proc/PID/fd/<see cref="Fd"/>.</summary>
    public int Fd => _memory.Fd;

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
            _memory.Dispose();
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

    private TrafficException Fail(string why, Exception cause) =>
        new($"Cannot make the packet region of {Layout.RegionSize >> 10} KiB: {why} A smaller ring or buffer size needs less memory.", cause);
}
