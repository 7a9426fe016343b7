namespace PollScale.HostStub.Guest.Elf;

/// <summary>A PT_LOAD program header that passed validation.</summary>
/// <param name="FileOffset">Where its bytes begin in the file.</param>
/// <param name="Address">Virtual address, before relocation.</param>
/// <param name="FileSize">Bytes in the file.</param>
/// <param name="MemorySize">Bytes in memory; the rest is zero.</param>
/// <param name="Prot">PROT_READ, PROT_WRITE, PROT_EXEC.</param>
internal readonly record struct ElfSegment(int FileOffset, ulong Address, int FileSize, ulong MemorySize, int Prot)
{
    /// <summary>Address after the last byte.</summary>
    public ulong End => Address + MemorySize;
}
