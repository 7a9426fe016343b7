using System.Runtime.CompilerServices;
using PollScale.HostStub.Traffic.Frames;
using PollScale.Memif;

namespace PollScale.HostStub.Traffic;

/// <summary>
/// The host's end of the tx ring: takes what the guest sent, checks it, and posts the buffers again. Index, descriptor and
/// bytes may all be hostile: nothing the guest writes moves a read outside its own buffer, and each sequence number counts once.
/// </summary>
// SAFETY: a slot is masked to the ring; a frame's place comes from it and its length is bounded, whatever the guest wrote into the descriptor.
internal sealed unsafe class TxConsumer
{
    private readonly MemifRing _ring;
    private readonly byte* _buffers;
    private readonly uint _buffersOffset;
    private readonly int _mask;
    private readonly int _bufferSize;
    private readonly uint _maxFrame;
    private readonly IForwardedTap? _tap;
    private ushort _tail;
    private ushort _head;
    private ulong _nextSequence;
    private ulong _forwarded;
    private ulong _bytes;
    private ulong _outOfOrder;
    private ulong _duplicates;
    private ulong _invalidFrames;
    private ulong _corruptIndices;

    /// <param name="memory">The region.</param>
    /// <param name="tap">Shown every frame that counts as forwarded; null for none.</param>
    public TxConsumer(PacketMemory memory, IForwardedTap? tap = null)
    {
        _tap = tap;
        PacketRegionLayout layout = memory.Layout;
        _ring = memory.TxRing;
        _buffers = (byte*)memory.Address + layout.TxBuffers;
        _buffersOffset = (uint)layout.TxBuffers;
        _mask = _ring.Size - 1;
        _bufferSize = layout.BufferSize;
        _maxFrame = (uint)layout.MaxFrame;
        _head = (ushort)_ring.Size;
    }

    /// <summary>Valid frames that came back in order.</summary>
    public ulong Forwarded => Volatile.Read(ref _forwarded);

    /// <summary>Bytes of the forwarded frames, without FCS.</summary>
    public ulong Bytes => Volatile.Read(ref _bytes);

    /// <summary>Valid frames with a sequence number below that of an earlier one; not counted as forwarded.</summary>
    public ulong OutOfOrder => Volatile.Read(ref _outOfOrder);

    /// <summary>Valid frames that repeat the highest sequence number so far; not counted as forwarded.</summary>
    public ulong Duplicates => Volatile.Read(ref _duplicates);

    /// <summary>Frames with an impossible descriptor or sequence number, or whose IPv4 header is not valid.</summary>
    public ulong InvalidFrames => Volatile.Read(ref _invalidFrames);

    /// <summary>Times the guest's tail was out of range; nothing was taken then.</summary>
    public ulong CorruptIndices => Volatile.Read(ref _corruptIndices);

    /// <summary>Buffers that the guest has for what it sends.</summary>
    public int Size => _ring.Size;

    /// <summary>Frames that wait to be taken; the ring's size when the guest's tail is out of range.</summary>
    public int Pending => Math.Min((ushort)(_ring.Tail - _tail), _ring.Size);

    /// <summary>Takes what the guest has sent.</summary>
    /// <param name="max">Most frames to take.</param>
    /// <param name="offered">Sequence numbers offered so far: none at or above it can be genuine.</param>
    /// <param name="now">TSC now, for the tap.</param>
    /// <returns>Frames taken, good or bad.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Poll(int max, ulong offered, ulong now = 0)
    {
        int filled = (ushort)(_ring.Tail - _tail);
        if (filled == 0)
        {
            return 0;
        }

        if (filled > _ring.Size)
        {
            _corruptIndices++;
            return 0;
        }

        int count = Math.Min(filled, max);
        for (int i = 0; i < count; i++)
        {
            int slot = (_tail + i) & _mask;
            Check(_ring.Descriptor(slot), _buffers + ((long)slot * _bufferSize), now, offered);
            _ring.Descriptor(slot) = new memif_desc_t
            {
                length = _maxFrame,
                offset = _buffersOffset + (uint)(slot * _bufferSize) + PacketRegionLayout.BufferHeadroom,
            };
        }

        _tail += (ushort)count;
        _head += (ushort)count;
        _ring.Head = _head;
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Check(memif_desc_t descriptor, byte* buffer, ulong now, ulong offered)
    {
        ulong sequence = Volatile.Read(ref *(ulong*)(buffer + PacketRegionLayout.SequenceOffset));
        bool valid = descriptor.length <= _maxFrame
            && (descriptor.flags & MemifAbi.DescriptorFlagNext) == 0
            && descriptor.metadata == (uint)sequence
            && sequence < offered
            && Ipv4Frame.IsValid(new ReadOnlySpan<byte>(buffer + PacketRegionLayout.BufferHeadroom, (int)descriptor.length));
        if (!valid)
        {
            _invalidFrames++;
        }
        else if (sequence >= _nextSequence)
        {
            _nextSequence = sequence + 1;
            _forwarded++;
            _bytes += descriptor.length;
            _tap?.Take(new ReadOnlySpan<byte>(buffer + PacketRegionLayout.BufferHeadroom, (int)descriptor.length), now);
        }
        else if (sequence == _nextSequence - 1)
        {
            _duplicates++;
        }
        else
        {
            _outOfOrder++;
        }
    }
}
