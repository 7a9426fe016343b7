using System.Runtime.InteropServices;
using PollScale.Memif;

namespace PollScale.GuestProbe.Bench;

/// <summary>A packet region in private memory with the host's end of its rings, for measuring and testing without a host.</summary>
// SAFETY: offsets are of a layout of the memory's size, indices are masked to the ring; nobody else writes the descriptors.
internal sealed unsafe class PrivateRegion : IDisposable
{
    private const int Alignment = 4096;
    private readonly PacketRegionLayout _layout;
    private readonly MemifRing _rx;
    private readonly MemifRing _tx;
    private readonly bool _owned;
    private byte* _memory;
    private ushort _taken;

    /// <summary>Sets up a region with empty rings in memory of its own.</summary>
    public PrivateRegion(PacketRegionLayout layout)
        : this(layout, (byte*)NativeMemory.AlignedAlloc((nuint)layout.RegionSize, Alignment), owned: true)
    {
    }

    /// <summary>Sets up a region with empty rings.</summary>
    /// <param name="layout">Where its parts lie.</param>
    /// <param name="memory">Its first byte, page-aligned.</param>
    /// <param name="owned">True when the memory came from <see cref="NativeMemory.AlignedAlloc"/> and is to be freed.</param>
    public PrivateRegion(PacketRegionLayout layout, byte* memory, bool owned)
    {
        _layout = layout;
        _memory = memory;
        _owned = owned;
        NativeMemory.Clear(_memory, (nuint)layout.RegionSize);
        layout.Write(new Span<byte>(_memory, PacketRegionLayout.HeaderBytes));
        _rx = new MemifRing(_memory + layout.RxRing, layout.Log2RxSize);
        _tx = new MemifRing(_memory + layout.TxRing, layout.Log2TxSize);
        _rx.Cookie = _tx.Cookie = MemifAbi.Cookie;
        for (int i = 0; i < _tx.Size; i++)
        {
            _tx.Descriptor(i) = new memif_desc_t { offset = Buffer(layout.TxBuffers, i), length = (uint)layout.MaxFrame };
        }

        _tx.Head = (ushort)_tx.Size;
        Region = PacketRegion.At(_memory, layout.RegionSize);
    }

    /// <summary>The guest's view.</summary>
    public PacketRegion Region { get; }

    /// <summary>The host's end of the rx ring.</summary>
    public MemifRing RxRing => _rx;

    /// <summary>Frames the rx ring has room for.</summary>
    public int Room => _rx.Size - (ushort)(_rx.Head - _rx.Tail);

    /// <summary>Writes a frame into the rx ring's slot <paramref name="ahead"/> places beyond its head; <see cref="Offer"/> shows it.</summary>
    public void Fill(int ahead, ReadOnlySpan<byte> frame, ulong sendTsc, ulong sequence)
    {
        int slot = (_rx.Head + ahead) & (_rx.Size - 1);
        uint offset = Buffer(_layout.RxBuffers, slot);
        *(ulong*)(_memory + offset - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SendTscOffset) = sendTsc;
        *(ulong*)(_memory + offset - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SequenceOffset) = sequence;
        frame.CopyTo(new Span<byte>(_memory + offset, _layout.MaxFrame));
        _rx.Descriptor(slot) = new memif_desc_t { offset = offset, length = (uint)frame.Length, metadata = (uint)sequence };
    }

    /// <summary>Shows the guest the next <paramref name="frames"/> filled slots.</summary>
    public void Offer(int frames) => _rx.Head = (ushort)(_rx.Head + frames);

    /// <summary>Frames forwarded and not returned yet.</summary>
    public int Forwarded => (ushort)(_tx.Tail - _taken);

    /// <summary>A forwarded frame, 0 = the oldest.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ref memif_desc_t descriptor = ref _tx.Descriptor(_taken + index);
            return new ReadOnlySpan<byte>(_memory + descriptor.offset, (int)descriptor.length);
        }
    }

    /// <summary>Takes the oldest forwarded frames off the tx ring and posts their buffers again.</summary>
    public void Return(int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            _tx.Descriptor(_taken + i).length = (uint)_layout.MaxFrame;
        }

        _taken += (ushort)frames;
        _tx.Head = (ushort)(_tx.Head + frames);
    }

    /// <summary>Tells the guest that nothing more comes.</summary>
    public void Stop() => Volatile.Write(ref *(uint*)(_memory + PacketRegionLayout.StopField), 1);

    /// <inheritdoc />
    public void Dispose()
    {
        Region.Dispose();
        if (_owned)
        {
            NativeMemory.AlignedFree(_memory);
        }

        _memory = null;
    }

    private uint Buffer(int first, int index) => (uint)(first + (index * _layout.BufferSize) + PacketRegionLayout.BufferHeadroom);
}
