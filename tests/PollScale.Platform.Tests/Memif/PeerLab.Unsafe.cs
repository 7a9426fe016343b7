using System.Runtime.InteropServices;
using PollScale.Memif;
using Xunit;

namespace PollScale.Tests.Memif;

/// <summary>Two regions with guards around them, and a ring, in plain memory: the peer's end of a link is in the test's hands.</summary>
internal sealed unsafe class PeerLab : IDisposable
{
    public const int RegionSize = 4096;
    private const int Guard = 1024;
    private const byte Mark = 0xA5;
    private readonly byte* _memory;
    private readonly byte* _ring;
    private RxQueue? _rx;

    public PeerLab(int log2)
    {
        int bytes = (2 * RegionSize) + (3 * Guard);
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        new Span<byte>(_memory, bytes).Fill(Mark);
        _ring = (byte*)NativeMemory.AlignedAlloc((nuint)MemifAbi.RingBytes(log2), 64);
        NativeMemory.Clear(_ring, (nuint)MemifAbi.RingBytes(log2));
        Ring = new MemifRing(_ring, log2);
        Regions = [new(_memory + Guard, RegionSize), new(_memory + RegionSize + (2 * Guard), RegionSize)];
        for (int i = 0; i < 2 * RegionSize; i++)
        {
            Regions[i / RegionSize].Address[i % RegionSize] = (byte)(i * 7 % 251);
        }
    }

    public MemifRing Ring;

    public MemifRegion[] Regions { get; }

    public byte* At(int region, uint offset) => Regions[region].Address + offset;

    /// <summary>The receiving end, closed with the lab.</summary>
    public RxQueue Rx(OwnBuffers? own = null) => _rx = new RxQueue(Ring, Regions, own);

    /// <summary>Posts a descriptor at the head.</summary>
    public void Post(int region, uint offset, uint length, int flags = 0)
    {
        Ring.Descriptor(Ring.Head) = new memif_desc_t { region = (ushort)region, offset = offset, length = length, flags = (ushort)flags };
        Ring.Head++;
    }

    /// <summary>Whether a part lies in a region.</summary>
    public static bool IsInside(int region, uint offset, uint length) => region < 2 && (ulong)offset + length <= RegionSize;

    public bool IsInside(byte* start, int length) => Array.Exists(Regions, region => start >= region.Address && start + length <= region.Address + RegionSize);

    public void AssertGuarded()
    {
        foreach (int guard in (int[])[0, RegionSize + Guard, (2 * RegionSize) + (2 * Guard)])
        {
            Assert.Equal(-1, new Span<byte>(_memory + guard, Guard).IndexOfAnyExcept(Mark));
        }
    }

    public void Dispose()
    {
        _rx?.Close();
        NativeMemory.AlignedFree(_memory);
        NativeMemory.AlignedFree(_ring);
    }
}
