using System.Buffers.Binary;
using System.Text;

namespace PollScale.HostStub.Channels.Acpi.Tables;

/// <summary>
/// Writes ACPI Machine Language, as much of it as P-states need (ACPI 6.5, chapter 20). What contains other things is written after them, around their
/// bytes, for its length comes first.
/// </summary>
internal static class Aml
{
    private const byte ZeroOp = 0x00, OneOp = 0x01, NameOp = 0x08, BytePrefix = 0x0A, WordPrefix = 0x0B, DWordPrefix = 0x0C, ScopeOp = 0x10, BufferOp = 0x11, PackageOp = 0x12;
    private const byte RootChar = (byte)'\\', DualNamePrefix = 0x2E, MultiNamePrefix = 0x2F;
    private const byte GenericRegister = 0x82, SystemIo = 1, ByteAccess = 1, EndTag = 0x79;
    private const int SegmentBytes = 4, LongestPackage = byte.MaxValue;

    /// <summary>Scope (path) { content }.</summary>
    /// <param name="path">From the root, such as \_SB.CPUS.C000.</param>
    /// <param name="content">Terms, in order.</param>
    public static byte[] Scope(string path, params ReadOnlySpan<byte[]> content) => [ScopeOp, .. Sized([.. Path(path), .. Joined(content)])];

    /// <summary>Name (name, value).</summary>
    /// <param name="name">One segment.</param>
    /// <param name="value">Data.</param>
    public static byte[] Name(string name, byte[] value) => [NameOp, .. Segment(name), .. value];

    /// <summary>Package () { elements }.</summary>
    /// <param name="elements">At most 255.</param>
    public static byte[] Package(params ReadOnlySpan<byte[]> elements)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elements.Length, LongestPackage);
        return [PackageOp, .. Sized([(byte)elements.Length, .. Joined(elements)])];
    }

    /// <summary>An integer, in the shortest form.</summary>
    public static byte[] Integer(uint value) => value switch
    {
        0 => [ZeroOp],
        1 => [OneOp],
        <= byte.MaxValue => [BytePrefix, (byte)value],
        <= ushort.MaxValue => [WordPrefix, (byte)value, (byte)(value >> 8)],
        _ => [DWordPrefix, (byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)],
    };

    /// <summary>ResourceTemplate () { Register (SystemIO, 8, 0, port, 1) }: an I/O port of a byte.</summary>
    public static byte[] PortRegister(int port)
    {
        Span<byte> address = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(address, checked((ushort)port));
        const byte BitWidth = 8, BitOffset = 0, Length = 12, AnyChecksum = 0;
        byte[] resources = [GenericRegister, Length, 0, SystemIo, BitWidth, BitOffset, ByteAccess, .. address, EndTag, AnyChecksum];
        return [BufferOp, .. Sized([.. Integer((uint)resources.Length), .. resources])];
    }

    // PkgLength counts itself: in one byte up to 63, else four bits in the first and whole bytes after it.
    private static byte[] Sized(byte[] content)
    {
        const int LongestShort = 0x3F, LongestByte = 0xFFF, LongestWord = 0xFFFFF;
        int length = content.Length + 1;
        if (length <= LongestShort)
        {
            return [(byte)length, .. content];
        }

        int more = content.Length + 2 <= LongestByte ? 1 : content.Length + 3 <= LongestWord ? 2 : 3;
        length = content.Length + 1 + more;
        byte[] head = new byte[1 + more];
        head[0] = (byte)((more << 6) | (length & 0xF));
        for (int i = 1; i <= more; i++)
        {
            head[i] = (byte)(length >> (4 + (8 * (i - 1))));
        }

        return [.. head, .. content];
    }

    private static byte[] Path(string path)
    {
        string[] segments = path.TrimStart('\\').Split('.');
        byte[] prefix = segments.Length switch
        {
            1 => [],
            2 => [DualNamePrefix],
            _ => [MultiNamePrefix, (byte)segments.Length],
        };
        return [RootChar, .. prefix, .. segments.SelectMany(Segment)];
    }

    private static byte[] Segment(string name) => Encoding.ASCII.GetBytes(name.PadRight(SegmentBytes, '_'));

    private static byte[] Joined(ReadOnlySpan<byte[]> parts)
    {
        List<byte> all = [];
        foreach (byte[] part in parts)
        {
            all.AddRange(part);
        }

        return [.. all];
    }
}
