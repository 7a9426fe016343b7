using System.Buffers.Binary;
using System.Text;

namespace PollScale.Tests.Shared.Fuse;

/// <summary>One request, laid out as in linux/fuse.h: struct fuse_in_header and what follows it.</summary>
internal readonly ref struct FuseRequest(ReadOnlySpan<byte> bytes)
{
    private const int HeaderBytes = 40;
    private const int WriteHeaderBytes = 40; // struct fuse_write_in
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public FuseOpcode Opcode => (FuseOpcode)BinaryPrimitives.ReadUInt32LittleEndian(_bytes[4..]);

    public ulong Unique => Long(8);

    public ulong Node => Long(16);

    /// <summary>Of read, write, release and readdir.</summary>
    public ulong Handle => Long(HeaderBytes);

    /// <summary>Of read, write and readdir.</summary>
    public ulong Offset => Long(HeaderBytes + 8);

    /// <summary>Of open: O_RDONLY and so on.</summary>
    public uint OpenFlags => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[HeaderBytes..]);

    /// <summary>Of lookup.</summary>
    public string Name => Encoding.UTF8.GetString(_bytes[HeaderBytes..].TrimEnd((byte)0));

    /// <summary>Of write.</summary>
    public ReadOnlySpan<byte> Data => _bytes[(HeaderBytes + WriteHeaderBytes)..];

    private ulong Long(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[at..]);
}
