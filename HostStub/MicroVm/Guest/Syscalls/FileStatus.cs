using PollScale.HostStub.Guest.Files;

namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>struct stat and struct statx of a file. Owner, links and times are those of a fresh root-owned node: 0, 1 and 0.</summary>
internal static class FileStatus
{
    private const int BlockSize = 4096, SectorSize = 512, FolderLinks = 2;

    /// <summary>struct stat of x86-64 (asm/stat.h).</summary>
    public static byte[] Stat(IGuestFile file)
    {
        byte[] status = new byte[144];
        Put(status, 0, (ulong)1); // st_dev
        Put(status, 8, Inode(file));
        Put(status, 16, (ulong)Links(file));
        Put(status, 24, file.Mode);
        Put(status, 40, file.Device);
        Put(status, 48, file.Size);
        Put(status, 56, (ulong)BlockSize);
        Put(status, 64, file.Size / SectorSize);
        return status;
    }

    /// <summary>struct statx (linux/stat.h).</summary>
    public static byte[] Statx(IGuestFile file)
    {
        const uint STATX_BASIC_STATS = 0x7FF, MinorMask = 0xFF;
        const int MajorShift = 8;
        byte[] status = new byte[256];
        Put(status, 0, STATX_BASIC_STATS);
        Put(status, 4, (uint)BlockSize);
        Put(status, 16, Links(file));
        BitConverter.TryWriteBytes(status.AsSpan(28), (ushort)file.Mode);
        Put(status, 32, Inode(file));
        Put(status, 40, file.Size);
        Put(status, 48, file.Size / SectorSize);
        Put(status, 128, (uint)(file.Device >> MajorShift));
        Put(status, 132, (uint)(file.Device & MinorMask));
        Put(status, 140, 1u);
        return status;
    }

    private static uint Links(IGuestFile file) => FileModes.IsDirectory(file.Mode) ? FolderLinks : 1u;

    // Two descriptors of one device or folder have one number; of pipes and the like each has its own.
    private static ulong Inode(IGuestFile file) => file switch
    {
        { Device: > 0 } => file.Device,
        DirectoryFile folder => (ulong)folder.Path.Length,
        _ => 0x10000 + (uint)System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(file),
    };

    private static void Put(byte[] status, int offset, ulong value) => BitConverter.TryWriteBytes(status.AsSpan(offset), value);

    private static void Put(byte[] status, int offset, uint value) => BitConverter.TryWriteBytes(status.AsSpan(offset), value);
}
