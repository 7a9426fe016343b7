using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PollScale.Memif;

/// <summary>
/// The guest's end of the tx ring: reserve a posted buffer, fill it, commit it; publish once a burst. For one polling thread.
/// Whatever the peer writes into the ring, no buffer lies outside the region.
/// </summary>
// SAFETY: a buffer is given out after its descriptor was checked to lie in the region, and no more than its capacity is written.
internal sealed unsafe class TxQueue
{
    private readonly MemifRing _ring;
    private readonly byte* _region;
    private readonly uint _regionSize;
    private ushort _head;
    private ushort _next;
    private byte* _frame;
    private uint _capacity;

    internal TxQueue(byte* region, PacketRegionLayout layout)
    {
        _ring = new MemifRing(region + layout.TxRing, layout.Log2TxSize);
        _region = region;
        _regionSize = (uint)layout.RegionSize;
        _next = _ring.Tail;
        _head = _next;
        MaxFrame = layout.MaxFrame;
    }

    /// <summary>Descriptors of the ring.</summary>
    public int Size => _ring.Size;

    /// <summary>Longest frame a buffer takes, in bytes.</summary>
    public int MaxFrame { get; }

    /// <summary>Posted descriptors that pointed outside the region, were chained or too small; each was handed back empty.</summary>
    public ulong BadDescriptors { get; private set; }

    /// <summary>Frames committed and not published yet.</summary>
    public int Unpublished => (ushort)(_next - _ring.Tail);

    /// <summary>Reserves the next posted buffer. Reserving again without a commit gives the same buffer.</summary>
    /// <param name="frame">Where the Ethernet frame goes, <see cref="MaxFrame"/> bytes; null when the ring is full.</param>
    /// <returns>False when the host has no buffer posted.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReserve(out byte* frame)
    {
        frame = _frame;
        return frame != null || TryReserveNext(out frame);
    }

    /// <summary>Commits the reserved buffer; the host sees it after <see cref="Publish"/>.</summary>
    /// <param name="length">Bytes of the frame, at most <see cref="MaxFrame"/>.</param>
    /// <param name="sendTsc">TSC at which the frame was offered to the rx ring.</param>
    /// <param name="sequence">The frame's sequence number.</param>
    /// <exception cref="InvalidOperationException">Nothing is reserved.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The frame is longer than the buffer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Commit(int length, ulong sendTsc, ulong sequence)
    {
        byte* frame = _frame;
        if (frame == null)
        {
            ThrowNothingReserved();
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, _capacity, nameof(length));
        *(ulong*)(frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SendTscOffset) = sendTsc;
        *(ulong*)(frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SequenceOffset) = sequence;
        ref memif_desc_t descriptor = ref _ring.Descriptor(_next);
        descriptor.flags = 0;
        descriptor.length = (uint)length;
        descriptor.metadata = (uint)sequence;
        _frame = null;
        _next++;
    }

    /// <summary>Copies a received packet, with its send TSC and sequence number, into the next buffer and commits it.</summary>
    /// <param name="packet">A valid packet that is not released yet.</param>
    /// <returns>False when the ring is full.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySend(in RxPacket packet)
    {
        if (!TryReserve(out byte* frame))
        {
            return false;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)packet.Length, _capacity, nameof(packet));
        Copy(frame, packet.Frame, packet.Length);
        Commit(packet.Length, packet.SendTsc, packet.Sequence);
        return true;
    }

    /// <summary>Lets the host see every committed frame. Once a burst is enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish() => _ring.Tail = _next;

    // Two overlapping vectors make a copy of 32 to 64 bytes, without a call and without a byte too many.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* target, byte* source, int length)
    {
        if (length - Vector256<byte>.Count is >= 0 and <= 32 and int tail)
        {
            Vector256<byte> first = Vector256.Load(source);
            Vector256<byte> last = Vector256.Load(source + tail);
            first.Store(target);
            last.Store(target + tail);
        }
        else
        {
            Unsafe.CopyBlockUnaligned(target, source, (uint)length);
        }
    }

    private bool TryReserveNext(out byte* frame)
    {
        for (int tries = _ring.Size; tries > 0; tries--)
        {
            if (_head == _next)
            {
                _head = _ring.Head;
                if (_head == _next || (ushort)(_head - _next) > _ring.Size)
                {
                    _head = _next;
                    break;
                }
            }

            ref memif_desc_t descriptor = ref _ring.Descriptor(_next);
            memif_desc_t posted = descriptor;
            uint start = posted.offset - PacketRegionLayout.BufferHeadroom;
            if (posted.region == 0
                && (posted.flags & MemifAbi.DescriptorFlagNext) == 0
                && posted.length >= (uint)MaxFrame
                && start < _regionSize
                && _regionSize - start >= (uint)MaxFrame + PacketRegionLayout.BufferHeadroom)
            {
                frame = _frame = _region + posted.offset;
                _capacity = (uint)MaxFrame;
                return true;
            }

            BadDescriptors++;
            descriptor.length = 0;
            _next++;
        }

        frame = null;
        return false;
    }

    private static void ThrowNothingReserved() =>
        throw new InvalidOperationException("Commit without a reserved buffer: call TryReserve first, and commit only when it returned true.");
}
