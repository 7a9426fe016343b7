using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace PollScale.Memif;

/// <summary>
/// The end of a ring that packets come from: take a burst, use the packets where they lie, release them. For one polling thread.
/// It is a guest's end of its rx ring, and either side's end of a link to any memif peer.
/// Whatever the peer writes into the ring, no packet lies outside the regions and no count exceeds the ring's size.
/// </summary>
// SAFETY: a descriptor, which the other side may change at any time, is copied once and checked to lie in its region, with its headroom where it has one;
// a chain is copied into memory of our own, as far as that reaches.
internal sealed unsafe partial class RxQueue
{
    /// <summary>Most packets of one burst, as in DPDK's examples.</summary>
    public const int MaxBurst = 32;

    private readonly MemifRing _ring;
    private readonly ushort* _arrived;
    private readonly ushort* _given;
    private readonly byte* _region;
    private readonly ulong _regionSize;
    private readonly uint _headroom;
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
        _headroom = PacketRegionLayout.BufferHeadroom;
        _maxFrame = (uint)layout.MaxFrame;
        _tail = _next = _ring.Tail;
        _regions = [];
    }

    /// <summary>Descriptors of the ring.</summary>
    public int Size => _ring.Size;

    /// <summary>Longest frame taken, in bytes.</summary>
    public int MaxFrame => (int)_maxFrame;

    /// <summary>Packets taken and not released yet.</summary>
    public int Held => (ushort)(_next - _tail) - _surplus;

    /// <summary>
    /// Packets that wait after the last burst: what a NIC's rx_queue_count tells. 0 .. <see cref="Size"/>. Of a frame longer than a
    /// peer's buffer each buffer counts.
    /// </summary>
    public int Backlog
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Math.Min((ushort)(Volatile.Read(ref *_arrived) - _next), _ring.Size);
    }

    /// <summary>Takes the packets that arrived since the last burst; they stay in their buffers until <see cref="Release"/>.</summary>
    /// <param name="packets">Receives them; at most <see cref="MaxBurst"/> are taken.</param>
    /// <returns>How many; 0 is an empty poll.</returns>
    public int Burst(Span<RxPacket> packets)
    {
        int waiting = Math.Min((ushort)(Volatile.Read(ref *_arrived) - _next), _ring.Size - (ushort)(_next - _tail));
        int count = Math.Min(waiting, Math.Min(packets.Length, MaxBurst));
        MemifRing ring = _ring;
        byte* region = _region;
        ulong regionSize = _regionSize;
        uint headroom = _headroom, maxFrame = _maxFrame, mark = headroom == 0 ? RxPacket.NoStamp : 0;
        for (int i = 0; i < count; i++)
        {
            memif_desc_t descriptor = ring.Descriptor(_next + i);
            ulong start = (ulong)descriptor.offset - headroom;
            if ((descriptor.region | (descriptor.flags & MemifAbi.DescriptorFlagNext)) == 0
                && descriptor.length <= maxFrame
                && start < regionSize
                && regionSize - start >= descriptor.length + headroom)
            {
                byte* frame = region + descriptor.offset;
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(frame);
                }

                packets[i] = new RxPacket(frame, descriptor.length | mark);
            }
            else if (headroom == 0)
            {
                return BurstAny(packets, i, waiting);
            }
            else
            {
                packets[i] = default;
                BadDescriptors++;
            }
        }

        _next += (ushort)count;
        return count;
    }

    /// <summary>Gives the oldest held packets back to the peer.</summary>
    /// <param name="count">0 .. <see cref="Held"/>.</param>
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
