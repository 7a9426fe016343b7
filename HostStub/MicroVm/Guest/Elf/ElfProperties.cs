using System.Buffers.Binary;

namespace PollScale.HostStub.Guest.Elf;

/// <summary>What a PT_GNU_PROPERTY note says. It is advice of the linker's: what cannot be read says nothing, and spoils no image.</summary>
internal static class ElfProperties
{
    private const int NoteHeader = 12, NameBytes = 4, PropertyHeader = 8, Alignment = 8;
    private const uint TypeProperties = 5, IsaNeededType = 0xC000_8002;

    /// <summary>GNU_PROPERTY_X86_ISA_1_NEEDED: a bit for each level of x86-64 that the code needs, see <see cref="Machine.CpuLevel"/>; 0 when it does not say.</summary>
    public static uint IsaNeeded(ReadOnlySpan<byte> note)
    {
        if (note.Length < NoteHeader + NameBytes || U32(note, 0) != NameBytes || U32(note, 8) != TypeProperties || !note.Slice(NoteHeader, NameBytes).SequenceEqual("GNU\0"u8))
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = note[(NoteHeader + NameBytes)..];
        rest = rest[..(int)Math.Min(U32(note, 4), (uint)rest.Length)];
        while (rest.Length >= PropertyHeader)
        {
            (uint type, uint size) = (U32(rest, 0), U32(rest, 4));
            rest = rest[PropertyHeader..];
            if (type == IsaNeededType && size == sizeof(uint) && rest.Length >= sizeof(uint))
            {
                return U32(rest, 0);
            }

            long padded = ((long)size + Alignment - 1) / Alignment * Alignment;
            rest = padded < rest.Length ? rest[(int)padded..] : [];
        }

        return 0;
    }

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
