using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace PollScale.Memif;

/// <summary>
/// The end of a memif ring that packets come from: take a burst, use the packets where they lie, release them. For one polling thread at a time; no member waits or allocates.
/// Whatever the peer writes into the ring, no packet lies outside the regions and no count exceeds the ring's size. Without its link it is empty.
/// </summary>
// SAFETY: a descriptor, which the other side may change at any time, is copied once and checked to lie in its region, with its headroom where it has one;
// a chain is copied into memory of our own, as far as that reaches; no more packets are written than there is room for.
public sealed unsafe partial class RxQueue
{
    /// <summary>Most packets of one burst, as in DPDK's examples.</summary>
    public const int MaxBurst = 32;

    private readonly MemifRing _ring;
    private ushort* _arrived;
    private ushort* _given;
    private readonly byte* _region;
    private readonly ulong _regionSize;
    private readonly uint _maxFrame;
    private ushort _tail;
    private ushort _next;

    /// <summary>A guest's end of the rx ring of a region of PollScale's own.</summary>
    internal RxQueue(byte* region, PacketRegionLayout layout)
    {
        _ring = new MemifRing(region + layout.RxRing, layout.Log2RxSize);
        _arrived = _ring.HeadIndex;
        _given = _ring.TailIndex;
        _region = region;
        _regionSize = (ulong)layout.RegionSize;
        _maxFrame = (uint)layout.MaxFrame;
        _tail = _next = _ring.Tail;
        _regions = [];
    }

    /// <summary>Descriptors of the ring.</summary>
    public int Size => _ring.Size;

    /// <summary>Longest frame taken, in bytes.</summary>
    public int MaxFrame => (int)_maxFrame;

    /// <summary>Packets taken and not released yet, 0 .. <see cref="Size"/>.</summary>
    public int Held => (ushort)(_next - _tail) - _surplus;

    /// <summary>
    /// Packets that wait after the last burst, 0 .. <see cref="Size"/>: what a NIC's rx_queue_count tells, and <c>LcoreScaler.Observe</c> takes. Of a frame
    /// longer than a peer's buffer each buffer counts.
    /// </summary>
    public int Backlog
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Math.Min((ushort)(Volatile.Read(ref *_arrived) - _next), _ring.Size);
    }

    /// <summary>Takes the packets that arrived since the last burst, oldest first; they stay in their buffers until <see cref="Release"/>. Packets that are held take room in the ring.</summary>
    /// <param name="packets">Receives them; at most <see cref="MaxBurst"/> are taken.</param>
    /// <returns>How many; 0 is an empty poll.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Burst(Span<RxPacket> packets) =>
        Volatile.Read(ref *_arrived) == _next ? 0 : _isPlain ? Take<StampedBuffers>(packets) : Take<BareBuffers>(packets);

    // Compiled for each kind of buffer, so that those of our own regions cost what they did before there were others.
    private int Take<TBuffers>(Span<RxPacket> packets)
        where TBuffers : struct, IRingBuffers
    {
        int waiting = Math.Min((ushort)(Volatile.Read(ref *_arrived) - _next), _ring.Size - (ushort)(_next - _tail));
        int count = Math.Min(waiting, Math.Min(packets.Length, MaxBurst));
        MemifRing ring = _ring;
        byte* region = _region;
        ulong regionSize = _regionSize;
        uint maxFrame = _maxFrame;
        ushort first = _next;
        ref RxPacket packet = ref MemoryMarshal.GetReference(packets);
        for (int i = 0; i < count; i++, packet = ref Unsafe.Add(ref packet, 1))
        {
            memif_desc_t descriptor = ring.Descriptor(first + i);
            ulong start = (ulong)descriptor.offset - TBuffers.Headroom;
            if ((descriptor.region | (descriptor.flags & MemifAbi.DescriptorFlagNext)) == 0
                && descriptor.length <= maxFrame
                && start < regionSize
                && regionSize - start >= descriptor.length + TBuffers.Headroom)
            {
                byte* frame = region + descriptor.offset;
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(frame);
                }

                packet = new RxPacket(frame, descriptor.length | TBuffers.Mark);
            }
            else if (TBuffers.Headroom == 0)
            {
                return BurstAny(packets, i, waiting);
            }
            else
            {
                packet = default;
                BadDescriptors++;
            }
        }

        _next = (ushort)(first + count);
        return count;
    }

    /// <summary>Gives the oldest held packets back to the peer.</summary>
    /// <param name="count">0 .. <see cref="Held"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">So many are not held.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(int count)
    {
        if (_isPlain)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(ushort)(_next - _tail), nameof(count));
            _tail += (ushort)count;
            Volatile.Write(ref *_given, _tail);
        }
        else
        {
            ReleaseAny(count);
        }
    }
}
