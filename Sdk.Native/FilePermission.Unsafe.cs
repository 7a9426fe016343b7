using Tmds.Linux;

namespace PollScale.Native;

/// <summary>What this user may do with a file, asked without opening it.</summary>
// SAFETY: the kernel fills the 256 bytes that statx_head has.
internal static unsafe class FilePermission
{
    /// <summary>Asks whether a file may be opened, with the effective user and group.</summary>
    /// <param name="path">The file.</param>
    /// <param name="writable">For reading and writing; else for reading.</param>
    /// <returns>0, or the error number an open would meet: ENOENT, EACCES, EROFS and so on. A device may refuse for reasons of its own.</returns>
    public static int Check(string path, bool writable) =>
        LibC.faccessat(LibC.AT_FDCWD, path, writable ? LibC.R_OK | LibC.W_OK : LibC.R_OK, LibC.AT_EACCESS) == 0 ? 0 : LibC.errno;

    /// <summary>Reads owner and mode.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">st_mode: kind and permission bits.</param>
    /// <param name="uid">Owner.</param>
    /// <param name="gid">Group.</param>
    /// <returns>False when the file is not there or may not be looked at.</returns>
    public static bool TryReadOwner(string path, out ushort mode, out uint uid, out uint gid)
    {
        statx head = default;
        bool known = LibC.statx(LibC.AT_FDCWD, path, 0, LibC.STATX_BASIC_STATS, &head) == 0;
        (mode, uid, gid) = (head.stx_mode, head.stx_uid, head.stx_gid);
        return known;
    }

    /// <summary>True when a descriptor is open and a socket.</summary>
    public static bool IsSocket(int fd)
    {
        statx head = default;
        return LibC.statx(fd, "", LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &head) == 0 && (head.stx_mode & LibC.S_IFMT) == LibC.S_IFSOCK;
    }
}
