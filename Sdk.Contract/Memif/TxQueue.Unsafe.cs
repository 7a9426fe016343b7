using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PollScale.Memif;

/// <summary>
/// The end of a memif ring that packets go to: send frames, publish once a burst. For one polling thread at a time; no member waits or allocates.
/// Whatever the peer writes into the ring, no buffer lies outside the regions. Without its link it is full.
/// </summary>
// SAFETY: a buffer is our own, or is given out after its descriptor, copied once, was checked to lie in its region; no more than its capacity is written.
public sealed unsafe partial class TxQueue
{
    private readonly MemifRing _ring;
    private ushort* _freed;
    private ushort* _shown;
    private readonly byte* _region;
    private readonly ulong _regionSize;

    // In a region of PollScale's own one more than its longest frame, so that one comparison finds a packet that needs nothing else; else 0.
    private readonly uint _plainLimit;
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
        _plainLimit = (uint)layout.MaxFrame + 1;
        _next = _ring.Tail;
        _head = _next;
        MaxFrame = layout.MaxFrame;
        _regions = [];
    }

    /// <summary>Descriptors of the ring.</summary>
    public int Size => _ring.Size;

    /// <summary>Longest frame that can be sent, in bytes: 65,536, over as many of the peer's buffers as it takes.</summary>
    public int MaxFrame { get; }

    /// <summary>Buffers so far that the peer had posted outside its regions or of less than 60 bytes; each was handed back empty.</summary>
    public ulong BadDescriptors { get; private set; }

    /// <summary>Bytes that the reserved buffer takes; of PollScale's own regions <see cref="MaxFrame"/>.</summary>
    internal int Capacity => (int)_capacity;

    /// <summary>Buffers committed and not published yet.</summary>
    internal int Unpublished => (ushort)(_next - Volatile.Read(ref *_shown));

    /// <summary>Reserves the next free buffer. Reserving again without a commit gives the same buffer.</summary>
    /// <param name="frame">Where the Ethernet frame goes, <see cref="Capacity"/> bytes; null when the ring is full.</param>
    /// <returns>False when the peer has left no buffer free.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReserve(out byte* frame)
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
    internal void Commit(int length, ulong sendTsc, ulong sequence)
    {
        byte* frame = _frame;
        if (frame == null)
        {
            ThrowNothingReserved();
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, _capacity, nameof(length));
        if (_plainLimit != 0)
        {
            *(ulong*)(frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SendTscOffset) = sendTsc;
            *(ulong*)(frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SequenceOffset) = sequence;
        }
        else if (_own is { } buffers)
        {
            Describe(buffers);
        }

        Describe((uint)length, sequence);
    }

    /// <summary>Copies a received packet into the next buffer, or the next several; the peer sees it after <see cref="Publish"/>.</summary>
    /// <param name="packet">A valid packet that is not released yet, of any queue.</param>
    /// <returns>False when the peer has not as many buffers free as the packet takes: it is not sent, and may be tried again.</returns>
    /// <exception cref="ArgumentException">The packet is not valid.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySend(in RxPacket packet)
    {
        uint length = packet.MarkedLength;
        if (length >= _plainLimit)
        {
            return TrySendAny(packet);
        }

        if (!TryReserve(out byte* frame))
        {
            return false;
        }

        byte* source = packet.Frame;
        Copy(frame, source, (int)length);
        ulong sequence = *(ulong*)(source - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SequenceOffset);
        *(ulong*)(frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SendTscOffset) = *(ulong*)(source - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SendTscOffset);
        *(ulong*)(frame - PacketRegionLayout.BufferHeadroom + PacketRegionLayout.SequenceOffset) = sequence;
        Describe(length, sequence);
        return true;
    }

    /// <summary>Lets the peer see every frame sent so far. Once a burst is enough.</summary>
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
        else if (source == null)
        {
            ThrowNotValid();
        }
        else
        {
            Unsafe.CopyBlockUnaligned(target, source, (uint)length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Describe(uint length, ulong sequence)
    {
        ref memif_desc_t descriptor = ref _ring.Descriptor(_next);
        descriptor.flags = 0;
        descriptor.length = length;
        descriptor.metadata = (uint)sequence;
        _frame = null;
        _next++;
    }

    // The next buffer as it is most often: freed already, and as it was posted at first.
    private bool TryReserveNext(out byte* frame)
    {
        if (_head != _next && _plainLimit != 0)
        {
            memif_desc_t posted = _ring.Descriptor(_next);
            if (IsUsable(posted))
            {
                frame = _frame = _region + posted.offset;
                _capacity = (uint)MaxFrame;
                return true;
            }
        }

        return TryReserveLater(out frame);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsUsable(memif_desc_t posted)
    {
        ulong start = (ulong)posted.offset - PacketRegionLayout.BufferHeadroom;
        return (posted.region | (posted.flags & MemifAbi.DescriptorFlagNext)) == 0
            && posted.length >= (uint)MaxFrame
            && start < _regionSize
            && _regionSize - start >= (uint)MaxFrame + PacketRegionLayout.BufferHeadroom;
    }

    private bool TryReserveLater(out byte* frame)
    {
        if (_plainLimit == 0)
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
            if (IsUsable(posted))
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

    private static void ThrowNotValid() => throw new ArgumentException("A packet that is not valid has no frame to send: look at IsValid first.");

    private static void ThrowNothingReserved() =>
        throw new InvalidOperationException("Commit without a reserved buffer: call TryReserve first, and commit only when it returned true.");
}
