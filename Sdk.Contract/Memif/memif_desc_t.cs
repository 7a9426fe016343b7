using System.Runtime.InteropServices;

namespace PollScale.Memif;

/// <summary>Mirrors memif_desc_t of the memif specification: 16 bytes, one packet buffer.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = 16)]
internal struct memif_desc_t
{
    /// <summary>Bit 0: the packet goes on in the next descriptor.</summary>
    public ushort flags;

    /// <summary>Index of the memory region that holds the buffer.</summary>
    public ushort region;

    /// <summary>Bytes of the packet in the buffer.</summary>
    public uint length;

    /// <summary>Offset of the packet's first byte in the region.</summary>
    public uint offset;

    /// <summary>Free for the users of the interface: PollScale puts the low 32 bits of the packet's sequence number here.</summary>
    public uint metadata;
}
