using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace PollScale.Memif;

/// <summary>
/// The guest's end of the rx ring: take a burst, use the packets where they lie, release them. For one polling thread.
/// Whatever the peer writes into the ring, no packet lies outside the region and no count exceeds the ring's size.
/// </summary>
// SAFETY: a descriptor, which the other side may change at any time, is copied once and checked to lie in the region with its headroom.
internal sealed unsafe class RxQueue
{
    /// <summary>Most packets of one burst, as in DPDK's examples.</summary>
    public const int MaxBurst = 32;

    private readonly MemifRing _ring;
    private readonly byte* _region;
    private readonly uint _regionSize;
    private readonly uint _maxFrame;
    private ushort _tail;
    private ushort _next;

    internal RxQueue(byte* region, PacketRegionLayout layout)
    {
        _ring = new MemifRing(region + layout.RxRing, layout.Log2RxSize);
        _region = region;
        _regionSize = (uint)layout.RegionSize;
        _maxFrame = (uint)layout.MaxFrame;
        _tail = _next = _ring.Tail;
    }

    /// <summary>Descriptors of the ring.</summary>
    public int Size => _ring.Size;

    /// <summary>Packets taken and not released yet.</summary>
    public int Held => (ushort)(_next - _tail);

    /// <summary>Packets that wait after the last burst: what a NIC's rx_queue_count tells. 0 .. <see cref="Size"/>.</summary>
    public int Backlog
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Math.Min((ushort)(_ring.Head - _next), _ring.Size);
    }

    /// <summary>Takes the packets that arrived since the last burst; they stay in their buffers until <see cref="Release"/>.</summary>
    /// <param name="packets">Receives them; at most <see cref="MaxBurst"/> are taken.</param>
    /// <returns>How many; 0 is an empty poll.</returns>
    public int Burst(Span<RxPacket> packets)
    {
        int count = Math.Min((ushort)(_ring.Head - _next), Math.Min(Math.Min(packets.Length, MaxBurst), _ring.Size - Held));
        for (int i = 0; i < count; i++)
        {
            memif_desc_t descriptor = _ring.Descriptor(_next + i);
            uint start = descriptor.offset - PacketRegionLayout.BufferHeadroom;
            bool valid = (descriptor.region | (descriptor.flags & MemifAbi.DescriptorFlagNext)) == 0
                && descriptor.length <= _maxFrame
                && start < _regionSize
                && _regionSize - start >= descriptor.length + PacketRegionLayout.BufferHeadroom;
            if (valid)
            {
                byte* frame = _region + descriptor.offset;
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(frame);
                }

                packets[i] = new RxPacket(frame, (int)descriptor.length);
            }
            else
            {
                packets[i] = default;
            }
        }

        _next += (ushort)count;
        return count;
    }

    /// <summary>Gives the oldest held packets back to the host.</summary>
    /// <param name="count">0 .. <see cref="Held"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Held, nameof(count));
        _tail += (ushort)count;
        _ring.Tail = _tail;
    }
}
