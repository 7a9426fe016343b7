namespace PollScale.Memif;

/// <summary>Packet buffers of a ring that we own, being its slave: buffer i serves descriptor i, whatever the peer writes into it.</summary>
/// <param name="Offset">Offset of the first in region 0.</param>
/// <param name="Size">Bytes of each.</param>
internal readonly record struct OwnBuffers(uint Offset, int Size)
{
    /// <summary>Offset of a slot's buffer.</summary>
    public uint At(int slot) => Offset + ((uint)slot * (uint)Size);

    /// <summary>A slot's descriptor as it is posted.</summary>
    public memif_desc_t Descriptor(int slot, uint length) => new() { offset = At(slot), length = length };
}
