using System.Buffers.Binary;
using System.Text;

namespace PollScale.Tests.Shared.Fuse;

/// <summary>The entries of a folder: struct fuse_dirent of linux/fuse.h, each padded to eight bytes.</summary>
internal static class FuseEntries
{
    private const uint Folder = 4; // DT_DIR

    public static byte[] Of(IEnumerable<(string Name, ulong Node)> folders)
    {
        using MemoryStream entries = new();
        foreach ((string name, ulong node) in folders)
        {
            byte[] text = Encoding.UTF8.GetBytes(name);
            byte[] entry = new byte[(24 + text.Length + 7) / 8 * 8];
            BinaryPrimitives.WriteUInt64LittleEndian(entry, node);
            BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8), (ulong)(entries.Length + entry.Length));
            BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(16), (uint)text.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(20), Folder);
            text.CopyTo(entry.AsSpan(24));
            entries.Write(entry);
        }

        return entries.ToArray();
    }
}
