using System.Buffers.Binary;

namespace PollScale.Tests.Shared.Fuse;

/// <summary>Replies, laid out as in linux/fuse.h.</summary>
internal static class FuseReply
{
    private const int HeaderBytes = 16; // struct fuse_out_header
    private const uint FileMode = 0x81A4, FolderMode = 0x41ED; // S_IFREG 0644, S_IFDIR 0755
    private const uint AttributeBytes = 4096; // what sysfs says of every attribute
    private const uint DirectIo = 1; // FOPEN_DIRECT_IO: each read and write reaches the model

    public static byte[] Error(ulong unique, int error) => Make(unique, error, []);

    public static byte[] Empty(ulong unique) => Make(unique, 0, []);

    public static byte[] Data(ulong unique, ReadOnlySpan<byte> data) => Make(unique, 0, data);

    /// <summary>struct fuse_init_out of protocol 7.31.</summary>
    public static byte[] Init(ulong unique)
    {
        byte[] body = new byte[64];
        Put(body, 0, 7);
        Put(body, 4, 31);
        Put(body, 20, AttributeBytes); // max_write
        Put(body, 24, 1); // time_gran
        return Make(unique, 0, body);
    }

    /// <summary>struct fuse_entry_out; nothing is cached.</summary>
    public static byte[] Entry(ulong unique, ulong node, bool isFolder)
    {
        byte[] body = new byte[128];
        Put(body, 0, node);
        Attributes(body.AsSpan(40), node, isFolder);
        return Make(unique, 0, body);
    }

    /// <summary>struct fuse_attr_out; nothing is cached.</summary>
    public static byte[] Attribute(ulong unique, ulong node, bool isFolder)
    {
        byte[] body = new byte[104];
        Attributes(body.AsSpan(16), node, isFolder);
        return Make(unique, 0, body);
    }

    /// <summary>struct fuse_open_out.</summary>
    public static byte[] Opened(ulong unique, ulong handle)
    {
        byte[] body = new byte[16];
        Put(body, 0, handle);
        Put(body, 8, DirectIo);
        return Make(unique, 0, body);
    }

    /// <summary>struct fuse_write_out.</summary>
    public static byte[] Written(ulong unique, int bytes)
    {
        byte[] body = new byte[8];
        Put(body, 0, (uint)bytes);
        return Make(unique, 0, body);
    }

    /// <summary>struct fuse_statfs_out.</summary>
    public static byte[] StatFs(ulong unique)
    {
        byte[] body = new byte[80];
        Put(body, 40, AttributeBytes); // bsize
        Put(body, 44, 255); // namelen
        return Make(unique, 0, body);
    }

    private static void Attributes(Span<byte> attr, ulong node, bool isFolder)
    {
        Put(attr, 0, node);
        Put(attr, 8, (ulong)AttributeBytes);
        Put(attr, 60, isFolder ? FolderMode : FileMode);
        Put(attr, 64, isFolder ? 2u : 1u); // nlink
        Put(attr, 80, AttributeBytes); // blksize
    }

    private static byte[] Make(ulong unique, int error, ReadOnlySpan<byte> body)
    {
        byte[] reply = new byte[HeaderBytes + body.Length];
        Put(reply, 0, (uint)reply.Length);
        Put(reply, 4, unchecked((uint)-error));
        Put(reply, 8, unique);
        body.CopyTo(reply.AsSpan(HeaderBytes));
        return reply;
    }

    private static void Put(Span<byte> body, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(body[at..], value);

    private static void Put(Span<byte> body, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(body[at..], value);
}
