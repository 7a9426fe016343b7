using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PollScale.Memif;

/// <summary>
/// The end of a ring that packets go to: reserve a buffer, fill it, commit it; publish once a burst. For one polling thread.
/// It is a guest's end of its tx ring, and either side's end of a link to any memif peer.
/// Whatever the peer writes into the ring, no buffer lies outside the regions.
/// </summary>
// SAFETY: a buffer is our own, or is given out after its descriptor, copied once, was checked to lie in its region; no more than its capacity is written.
internal sealed unsafe partial class TxQueue
{
    private readonly MemifRing _ring;
    private readonly ushort* _freed;
    private readonly ushort* _shown;
    private readonly byte* _region;
    private readonly ulong _regionSize;
    private readonly uint _headroom;
    private ushort _head;
    private ushort _next;
    private byte* _frame;
    private uint _capacity;

    /// <summary>A guest's end of the tx ring of a region of PollScale's own.</summary>
    internal TxQueue(byte* region, PacketRegionLayout layout)
    {
        _ring = new MemifRing(region + layout.TxRing, layout.Log2TxSize);
        _freed = _ring.HeadIndex;
        _shown = _ring.TailIndex;
        _region = region;
        _regionSize = (ulong)layout.RegionSize;
        _headroom = PacketRegionLayout.BufferHeadroom;
        _next = _ring.Tail;
        _head = _next;
        MaxFrame = layout.MaxFrame;
        _regions = [];
    }

    /// <summary>Descriptors of the ring.</summary>
    public int Size => _ring.Size;

    /// <summary>Longest frame that can be sent, in bytes; to a foreign peer over several of its buffers.</summary>
    public int MaxFrame { get; }

    /// <summary>Bytes that the reserved buffer takes; of PollScale's own regions <see cref="MaxFrame"/>.</summary>
    public int Capacity => (int)_capacity;

    /// <summary>Posted descriptors that pointed outside their region, were chained or too small; each was handed back empty.</summary>
    public ulong BadDescriptors { get; private set; }

    /// <summary>Buffers committed and not published yet.</summary>
    public int Unpublished => (ushort)(_next - Volatile.Read(ref *_shown));

    /// <summary>Reserves the next free buffer. Reserving again without a commit gives the same buffer.</summary>
    /// <param name="frame">Where the Ethernet frame goes, <see cref="Capacity"/> bytes; null when the ring is full.</param>
    /// <returns>False when the peer has left no buffer free.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReserve(out byte* frame)
    {
        frame = _frame;
        return frame != null || TryReserveNext(out frame);
    }

    /// <summary>Commits the reserved buffer; the peer sees it after <see cref="Publish"/>.</summary>
    /// <param name="length">Bytes of the frame, at most <see cref="Capacity"/>.</param>
    /// <param name="sendTsc">TSC at which the frame was offered to the rx ring; a foreign peer's buffers have no place for it.</param>
    /// <param name="sequence">The frame's sequence number; to a foreign peer its low 32 bits as the descriptor's metadata.</param>
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
        if (_headroom != 0)
        {
            *(ulong*)(frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SendTscOffset) = sendTsc;
            *(ulong*)(frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SequenceOffset) = sequence;
        }
        else if (_own is { } buffers)
        {
            Describe(buffers);
        }

        ref memif_desc_t descriptor = ref _ring.Descriptor(_next);
        descriptor.flags = 0;
        descriptor.length = (uint)length;
        descriptor.metadata = (uint)sequence;
        _frame = null;
        _next++;
    }

    /// <summary>Copies a received packet, with its send TSC and sequence number, into the next buffer and commits it; one longer than a foreign peer's buffer into several.</summary>
    /// <param name="packet">A valid packet that is not released yet.</param>
    /// <returns>False when the ring is full, or has not as many buffers free as the packet takes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySend(in RxPacket packet)
    {
        if (!TryReserve(out byte* frame))
        {
            return false;
        }

        if ((uint)packet.Length > _capacity)
        {
            return TrySendChain(packet.Span);
        }

        Copy(frame, packet.Frame, packet.Length);
        Commit(packet.Length, packet.SendTsc, packet.Sequence);
        return true;
    }

    /// <summary>Lets the peer see every committed frame. Once a burst is enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish()
    {
        Volatile.Write(ref *_shown, _next);
        if (_wake is not null)
        {
            WakeSleeper();
        }
    }

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
        if (_headroom == 0)
        {
            return TryReserveAny(out frame);
        }

        for (int tries = _ring.Size; tries > 0; tries--)
        {
            if (_head == _next && !FindFree())
            {
                break;
            }

            ref memif_desc_t descriptor = ref _ring.Descriptor(_next);
            memif_desc_t posted = descriptor;
            ulong start = (ulong)posted.offset - PacketRegionLayout.BufferHeadroom;
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

            HandBackEmpty(ref descriptor);
        }

        frame = null;
        return false;
    }

    // An index that no honest peer could have written leaves nothing free.
    private bool FindFree()
    {
        _head = (ushort)(Volatile.Read(ref *_freed) + _ahead);
        if (_head == _next || (ushort)(_head - _next) > _ring.Size)
        {
            _head = _next;
            return false;
        }

        return true;
    }

    private void HandBackEmpty(ref memif_desc_t descriptor)
    {
        BadDescriptors++;
        descriptor.length = 0;
        _next++;
    }

    private static void ThrowNothingReserved() =>
        throw new InvalidOperationException("Commit without a reserved buffer: call TryReserve first, and commit only when it returned true.");
}
