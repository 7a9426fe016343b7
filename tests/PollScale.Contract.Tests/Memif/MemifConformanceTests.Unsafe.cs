using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PollScale.Memif;
using Xunit;

namespace PollScale.Tests.Memif;

/// <summary>The numbers of the memif protocol, version 2.0, as VPP, DPDK and libmemif share them.</summary>
public class MemifConformanceTests
{
    [Fact]
    public void A_descriptor_has_memifs_fields()
    {
        Assert.Equal(16, Unsafe.SizeOf<memif_desc_t>());
        Assert.Equal(0, Marshal.OffsetOf<memif_desc_t>(nameof(memif_desc_t.flags)));
        Assert.Equal(2, Marshal.OffsetOf<memif_desc_t>(nameof(memif_desc_t.region)));
        Assert.Equal(4, Marshal.OffsetOf<memif_desc_t>(nameof(memif_desc_t.length)));
        Assert.Equal(8, Marshal.OffsetOf<memif_desc_t>(nameof(memif_desc_t.offset)));
        Assert.Equal(12, Marshal.OffsetOf<memif_desc_t>(nameof(memif_desc_t.metadata)));
    }

    [Fact]
    public unsafe void A_ring_has_memifs_fields()
    {
        byte* memory = stackalloc byte[MemifAbi.RingBytes(1) + 64];
        byte* ring = (byte*)(((nint)memory + 63) & ~63);
        MemifRing view = new(ring, 1) { Head = 0x1234, Tail = 0x5678 };
        view.Cookie = 65216288;
        view.Flags = 1;
        view.Descriptor(3).metadata = 0xABCD;

        Assert.Equal(MemifAbi.Cookie, *(uint*)ring);
        Assert.Equal(1, *(ushort*)(ring + 4));
        Assert.Equal(0x1234, *(ushort*)(ring + 6));
        Assert.Equal(0x5678, *(ushort*)(ring + 64));
        Assert.Equal(0xABCDu, *(uint*)(ring + 128 + 16 + 12));
    }
}
