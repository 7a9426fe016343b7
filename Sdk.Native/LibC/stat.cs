#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

public static unsafe partial class LibC
{
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int chmod(string pathname, uint mode);

    public const uint STATX_BASIC_STATS = 0x7FF;
    public const ushort S_IFMT = 0xF000;
    public const ushort S_IFCHR = 0x2000;
    public const ushort S_IFSOCK = 0xC000;

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int dirfd, string pathname, int flags, uint mask, statx_head* statxbuf);
}

/// <summary>Mirrors the start of struct statx (linux/stat.h); the kernel fills all 256 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
public struct statx_head
{
    [FieldOffset(0)]
    public uint stx_mask;

    [FieldOffset(20)]
    public uint stx_uid;

    [FieldOffset(24)]
    public uint stx_gid;

    [FieldOffset(28)]
    public ushort stx_mode;

    [FieldOffset(32)]
    public ulong stx_ino;

    [FieldOffset(136)]
    public uint stx_dev_major;

    [FieldOffset(140)]
    public uint stx_dev_minor;
}
