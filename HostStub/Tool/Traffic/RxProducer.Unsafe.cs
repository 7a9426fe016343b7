using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using PollScale.Memif;

namespace PollScale.HostStub.Traffic;

/// <summary>
/// The host's end of the rx ring. It keeps its own head and knows its own buffers; of what the guest writes it reads only
/// the tail, and a tail that no honest guest could have written is counted and taken for a full ring.
/// </summary>
// SAFETY: a slot is masked to the ring and its buffer takes the length checked before; frames are stored in whole lines of 64 bytes, which is what a small one's copy reads and a buffer holds.
internal sealed unsafe class RxProducer
{
    private const int SmallFrame = 64;
    private readonly MemifRing _ring;
    private readonly byte* _buffers;
    private readonly uint _buffersOffset;
    private readonly int _mask;
    private readonly int _log2BufferSize;
    private readonly int _maxFrame;
    private readonly ulong[] _sentTsc;
    private ushort _head;
    private int _free;
    private ulong _corruptIndices;

    public RxProducer(PacketMemory memory)
    {
        PacketRegionLayout layout = memory.Layout;
        _ring = memory.RxRing;
        _buffers = (byte*)memory.Address + layout.RxBuffers;
        _buffersOffset = (uint)layout.RxBuffers;
        _mask = _ring.Size - 1;
        _log2BufferSize = int.Log2(layout.BufferSize);
        _maxFrame = layout.MaxFrame;
        _sentTsc = new ulong[_ring.Size];
    }

    /// <summary>Buffers of the ring.</summary>
    public int Size => _ring.Size;

    /// <summary>Times the guest's tail was out of range.</summary>
    public ulong CorruptIndices => Volatile.Read(ref _corruptIndices);

    /// <summary>Packets the guest has not released, 0 .. ring size; the size when the tail is out of range.</summary>
    public int Backlog => Math.Min((ushort)(_ring.Head - _ring.Tail), _ring.Size);

    /// <summary>Packets posted and not released, as far as the guest says now, published or not; the ring's size when its tail is out of range.</summary>
    public int Used => Math.Min((ushort)(_head - _ring.Tail), _ring.Size);

    /// <summary>TSC at which the oldest of some frames in the ring was offered, as the host itself noted it.</summary>
    /// <param name="used">How many there are, 1 .. ring size.</param>
    public ulong OldestSentTsc(int used) => _sentTsc[(_head - used) & _mask];

    /// <summary>Copies a frame into the next buffer; the guest sees it after <see cref="Publish"/>.</summary>
    /// <param name="frame">Its first byte; 64 bytes must be readable even when the frame is shorter.</param>
    /// <param name="length">Bytes, at most <see cref="PacketRegionLayout.MaxFrame"/>.</param>
    /// <param name="sendTsc">TSC at which it is offered.</param>
    /// <param name="sequence">Its number.</param>
    /// <returns>False when the ring is full: the frame is lost.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPost(byte* frame, int length, ulong sendTsc, ulong sequence)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)_maxFrame, nameof(length));
        if (_free == 0 && !FindFree())
        {
            return false;
        }

        int slot = _head & _mask;
        byte* buffer = _buffers + ((long)slot << _log2BufferSize);
        _sentTsc[slot] = sendTsc;
        *(ulong*)(buffer + PacketRegionLayout.SendTscOffset) = sendTsc;
        *(ulong*)(buffer + PacketRegionLayout.SequenceOffset) = sequence;
        byte* target = buffer + PacketRegionLayout.BufferHeadroom;
        if (length <= SmallFrame)
        {
            Vector256<byte> first = Vector256.Load(frame);
            Vector256<byte> second = Vector256.Load(frame + Vector256<byte>.Count);
            first.Store(target);
            second.Store(target + Vector256<byte>.Count);
        }
        else
        {
            Unsafe.CopyBlockUnaligned(target, frame, (uint)length);
        }

        // The guest may have scribbled over the descriptor: every field is written each time.
        _ring.Descriptor(slot) = new memif_desc_t
        {
            length = (uint)length,
            offset = _buffersOffset + ((uint)slot << _log2BufferSize) + PacketRegionLayout.BufferHeadroom,
            metadata = (uint)sequence,
        };
        _head++;
        _free--;
        return true;
    }

    /// <summary>Shows the guest every posted frame. Once a batch is enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish() => _ring.Head = _head;

    private bool FindFree()
    {
        int used = (ushort)(_head - _ring.Tail);
        if (used > _ring.Size)
        {
            _corruptIndices++;
            return false;
        }

        _free = _ring.Size - used;
        return _free > 0;
    }
}
