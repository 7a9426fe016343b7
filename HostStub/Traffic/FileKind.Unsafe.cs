using PollScale.Native;

namespace PollScale.HostStub.Traffic;

/// <summary>What a file is, when it is not a regular one.</summary>
internal static unsafe class FileKind
{
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const ushort S_IFREG = 0x8000, S_IFIFO = 0x1000, S_IFBLK = 0x6000, S_IFDIR = 0x4000, S_IFLNK = 0xA000;

    /// <summary>What an open file is.</summary>
    /// <returns>Null for a regular file; else "a directory" and the like.</returns>
    public static string? Of(int fd)
    {
        statx_head status;
        // SAFETY: status is the whole struct that the kernel fills.
        return LibC.statx(fd, "", LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &status) == 0 ? Name(status.stx_mode) : "a file that cannot be looked at";
    }

    /// <summary>What a path names; a symbolic link is not followed.</summary>
    /// <returns>Null for a regular file, and for nothing.</returns>
    public static string? At(string path)
    {
        statx_head status;
        // SAFETY: status is the whole struct that the kernel fills.
        return LibC.statx(LibC.AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, &status) == 0 ? Name(status.stx_mode) : null;
    }

    private static string? Name(ushort mode) => (mode & LibC.S_IFMT) switch
    {
        S_IFREG => null,
        S_IFDIR => "a directory",
        S_IFLNK => "a symbolic link",
        S_IFIFO => "a pipe",
        LibC.S_IFCHR => "a device",
        S_IFBLK => "a block device",
        LibC.S_IFSOCK => "a socket",
        _ => "no regular file",
    };
}
