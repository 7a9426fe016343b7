using System.ComponentModel;
using PollScale.Native;

namespace PollScale.Memif.Control;

/// <summary>What a slave brings: one region of sealed memory with both rings, and a buffer for each descriptor.</summary>
// SAFETY: rings and buffers are placed inside a region of that size, which is sealed against shrinking and mapped until disposal.
internal sealed unsafe class OwnMemory : IDisposable
{
    private const int Page = 4096;
    private readonly StreamDescriptor _file;
    private readonly MappedRegion _memory;
    private readonly int _log2;
    private readonly int _bufferSize;

    /// <summary>Makes it, with rings that hold nothing and post nothing.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public OwnMemory(int log2RingSize, int bufferSize)
    {
        (_log2, _bufferSize) = (log2RingSize, bufferSize);
        Size = (int)Bytes(log2RingSize, bufferSize);
        _file = SealedMemory.Make("pollscale-memif", Size);
        try
        {
            _memory = MappedRegion.Map(_file.Fd, 0, (nuint)Size, LibC.PROT_READ | LibC.PROT_WRITE, $"{Size} bytes of packet memory");
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        // Faults belong here and not into the first bursts; where the kernel cannot, they come then.
        _ = LibC.madvise(_memory.Address, _memory.Length, LibC.MADV_POPULATE_WRITE);
        Ring(ToMasterRing).Cookie = MemifAbi.Cookie;
        Ring(ToSlaveRing).Cookie = MemifAbi.Cookie;
    }

    /// <summary>Bytes of the region.</summary>
    public int Size { get; }

    /// <summary>Its file.</summary>
    public int Fd => _file.Fd;

    /// <summary>Where the ring to the master lies.</summary>
    public static uint ToMasterRing => 0;

    /// <summary>Where the ring to the slave lies.</summary>
    public uint ToSlaveRing => (uint)AlignedRing(_log2);

    /// <summary>Bytes that rings and buffers of a size take.</summary>
    public static long Bytes(int log2RingSize, int bufferSize) => (2 * AlignedRing(log2RingSize)) + (2 * AlignUp((long)bufferSize << log2RingSize));

    /// <summary>Both queues of a slave. Not before the master is connected, which sets the indices to 0.</summary>
    /// <param name="wake">Wakes the master.</param>
    public (RxQueue Rx, TxQueue Tx) Open(Action wake)
    {
        MemifRegion[] regions = [new(_memory.Address, (ulong)Size)];
        uint buffers = (uint)(2 * AlignedRing(_log2));
        uint second = buffers + (uint)AlignUp((long)_bufferSize << _log2);
        return (new RxQueue(Ring(ToSlaveRing), regions, new OwnBuffers(second, _bufferSize)),
            new TxQueue(Ring(ToMasterRing), regions, new OwnBuffers(buffers, _bufferSize), wake));
    }

    public void Dispose()
    {
        _memory.Dispose();
        _file.Dispose();
    }

    private MemifRing Ring(uint offset) => new(_memory.Address + offset, _log2);

    private static long AlignedRing(int log2) => AlignUp(MemifAbi.RingBytes(log2));

    private static long AlignUp(long bytes) => (bytes + Page - 1) & -Page;
}
