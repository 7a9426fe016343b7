using System.Runtime.CompilerServices;

namespace PollScale.Memif;

/// <summary>
/// One memif ring in shared memory. In S2M (slave to master) the slave produces at head and the master consumes at tail;
/// in M2S the slave posts empty buffers at head and the master fills them at tail. Of a micro-VM's rings the host is slave, the guest
/// master, so a guest's rx backlog is head - tail, which is what a NIC's rx_queue_count gives.
/// </summary>
/// <remarks>The peer may write anything into the ring at any time: read an index once, and mask or bound it before use.</remarks>
// SAFETY: an index is masked to the ring, whose memory the owner keeps for as many descriptors as the size says.
internal readonly unsafe struct MemifRing
{
    private readonly byte* _ring;
    private readonly uint _mask;

    /// <summary>A view of the ring at <paramref name="ring"/>.</summary>
    /// <param name="ring">Address of the cookie, 64-byte aligned.</param>
    /// <param name="log2Size">Log2 of the number of descriptors, 0 .. 15.</param>
    public MemifRing(byte* ring, int log2Size)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)log2Size, (uint)MemifAbi.MostLog2RingSize, nameof(log2Size));
        _ring = ring;
        _mask = (1u << log2Size) - 1;
    }

    /// <summary>Number of descriptors.</summary>
    public int Size => (int)_mask + 1;

    /// <summary>u32 cookie; <see cref="MemifAbi.Cookie"/> in a ring that was set up.</summary>
    public ref uint Cookie => ref *(uint*)_ring;

    /// <summary>Ring flags.</summary>
    public ref ushort Flags => ref *(ushort*)(_ring + MemifAbi.FlagsOffset);

    /// <summary>Where <see cref="Head"/> lies.</summary>
    public ushort* HeadIndex => (ushort*)(_ring + MemifAbi.HeadOffset);

    /// <summary>Where <see cref="Tail"/> lies.</summary>
    public ushort* TailIndex => (ushort*)(_ring + MemifAbi.TailOffset);

    /// <summary>Free-running index of the slave. Reads acquire, writes release.</summary>
    public ushort Head
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *(ushort*)(_ring + MemifAbi.HeadOffset));
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Volatile.Write(ref *(ushort*)(_ring + MemifAbi.HeadOffset), value);
    }

    /// <summary>Free-running index of the master. Reads acquire, writes release.</summary>
    public ushort Tail
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *(ushort*)(_ring + MemifAbi.TailOffset));
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Volatile.Write(ref *(ushort*)(_ring + MemifAbi.TailOffset), value);
    }

    /// <summary>The descriptor of a free-running index; the index is masked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref memif_desc_t Descriptor(int index) =>
        ref *(memif_desc_t*)(_ring + MemifAbi.DescriptorsOffset + ((nuint)((uint)index & _mask) * MemifAbi.DescriptorSize));
}
