#pragma warning disable CS1591 // The man pages document these; names are libc's.

using Tmds.Linux;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public static int chmod(string pathname, uint mode)
    {
        using CString path = new(pathname, stackalloc byte[CString.Room]);
        return TmdsLibC.chmod(path.Pointer, Mode(mode));
    }

    public static int fchmod(int fd, uint mode) => TmdsLibC.fchmod(fd, Mode(mode));

    public static int mkdirat(int dirfd, string pathname, uint mode)
    {
        using CString path = new(pathname, stackalloc byte[CString.Room]);
        return TmdsLibC.mkdirat(dirfd, path.Pointer, Mode(mode));
    }

    public const uint STATX_BASIC_STATS = 0x7FF;
    public const ushort S_IFMT = 0xF000;
    public const ushort S_IFIFO = 0x1000;
    public const ushort S_IFCHR = 0x2000;
    public const ushort S_IFDIR = 0x4000;
    public const ushort S_IFBLK = 0x6000;
    public const ushort S_IFREG = 0x8000;
    public const ushort S_IFLNK = 0xA000;
    public const ushort S_IFSOCK = 0xC000;

    public static int statx(int dirfd, string pathname, int flags, uint mask, statx* statxbuf)
    {
        using CString path = new(pathname, stackalloc byte[CString.Room]);
        return TmdsLibC.statx(dirfd, path.Pointer, flags, mask, statxbuf);
    }
}
