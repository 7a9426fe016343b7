namespace PollScale.Memif;

/// <summary>Numbers of the memif ring as its specification gives them (fd.io, libmemif).</summary>
internal static class MemifAbi
{
    /// <summary>u32 at offset 0 of every ring.</summary>
    public const uint Cookie = 0x3E31_F20;

    /// <summary>u16: ring flags.</summary>
    public const int FlagsOffset = 4;

    /// <summary>u16: free-running index, written by the ring's slave side.</summary>
    public const int HeadOffset = 6;

    /// <summary>u16: free-running index, written by the ring's master side, on a cache line of its own.</summary>
    public const int TailOffset = 64;

    /// <summary>First descriptor.</summary>
    public const int DescriptorsOffset = 128;

    /// <summary>Bytes of a descriptor.</summary>
    public const int DescriptorSize = 16;

    /// <summary>Ring flag: the consumer asks for no interrupts, as a poll-mode consumer does.</summary>
    public const ushort RingFlagMaskInterrupt = 1;

    /// <summary>Descriptor flag: the packet goes on in the next descriptor.</summary>
    public const ushort DescriptorFlagNext = 1;

    /// <summary>Largest log2 of a ring's size that the specification's users accept.</summary>
    public const int MaxLog2RingSize = 14;

    /// <summary>Largest log2 of a ring's size that the protocol's indices of 16 bits can tell full from empty.</summary>
    public const int MostLog2RingSize = 15;

    /// <summary>Longest frame that a peer's descriptors make, chained or not: what segmentation offload hands on. Longer ones count as bad.</summary>
    public const int MaxFrame = 65536;

    /// <summary>Least bytes of a buffer that a frame is put into: an Ethernet frame without its FCS, padded.</summary>
    public const int MinBuffer = 60;

    /// <summary>Bytes of a ring with 2^<paramref name="log2Size"/> descriptors.</summary>
    public static int RingBytes(int log2Size) => DescriptorsOffset + (DescriptorSize << log2Size);
}
