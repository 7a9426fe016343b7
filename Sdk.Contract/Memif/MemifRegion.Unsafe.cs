namespace PollScale.Memif;

/// <summary>A mapped memory region of a memif link. Descriptors name regions by number, and buffers by offset.</summary>
/// <param name="address">First byte; mapped for as long as a queue uses it.</param>
/// <param name="size">Bytes mapped.</param>
// SAFETY: whoever makes one keeps so many bytes mapped and writable; an address is given out after offset and length were checked against them.
internal readonly unsafe struct MemifRegion(byte* address, ulong size)
{
    /// <summary>First byte.</summary>
    public byte* Address => address;

    /// <summary>Bytes mapped.</summary>
    public ulong Size => size;

    /// <summary>Address of a part; null when it does not lie in the region.</summary>
    public byte* Find(uint offset, uint length) => offset <= size && size - offset >= length ? address + offset : null;
}
