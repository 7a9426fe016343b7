using System.Buffers.Binary;

namespace PollScale.HostStub.Tests.Guest.Elf;

/// <summary>A minimal image, to be spoilt field by field.</summary>
internal sealed class ElfBytes
{
    public const int TypeField = 16, MachineField = 18, VersionField = 20, EntryField = 24, TableField = 32, EntrySizeField = 54, CountField = 56;
    private const int Header = 64, Entry = 56;

    public ElfBytes(int segments = 1)
    {
        Bytes = new byte[0x3000];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(Bytes);
        U16(TypeField, 2).U16(MachineField, 62).U32(VersionField, 1).U64(EntryField, 0x401000).U64(TableField, Header)
            .U16(EntrySizeField, Entry).U16(CountField, (ushort)segments);
        for (int i = 0; i < segments; i++)
        {
            Segment(i, offset: 0x1000 * (ulong)i, address: 0x400000 + (0x1000 * (ulong)i), fileSize: 0x1000, memorySize: 0x1000);
        }

        U64(EntryField, 0x400100);
    }

    public byte[] Bytes { get; }

    public ElfBytes Segment(int index, ulong offset, ulong address, ulong fileSize, ulong memorySize, uint type = 1, uint flags = 5)
    {
        int at = Header + (index * Entry);
        return U32(at, type).U32(at + 4, flags).U64(at + 8, offset).U64(at + 16, address).U64(at + 24, address).U64(at + 32, fileSize).U64(at + 40, memorySize).U64(at + 48, 0x1000);
    }

    public ElfBytes U8(int at, byte value)
    {
        Bytes[at] = value;
        return this;
    }

    public ElfBytes U16(int at, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(at), value);
        return this;
    }

    public ElfBytes U32(int at, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(at), value);
        return this;
    }

    public ElfBytes U64(int at, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Bytes.AsSpan(at), value);
        return this;
    }
}
