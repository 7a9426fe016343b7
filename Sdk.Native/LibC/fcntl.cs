#pragma warning disable CS1591 // The man pages document these; names are libc's.

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_APPEND = 0x400;
    public const int O_NONBLOCK = 0x800;
    public const int O_SYNC = 0x101000;
    public const int O_DIRECTORY = 0x10000;
    public const int O_NOFOLLOW = 0x20000;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;

    public const int F_SETFD = 2;
    public const int FD_CLOEXEC = 1;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int F_OFD_GETLK = 36;
    public const int F_OFD_SETLK = 37;
    public const short F_WRLCK = 1;
    public const short F_UNLCK = 2;
    public const int F_ADD_SEALS = 1033;
    public const int F_GET_SEALS = 1034;
    public const int F_SEAL_SEAL = 1;
    public const int F_SEAL_SHRINK = 2;
    public const int F_SEAL_GROW = 4;
    public const int F_SEAL_WRITE = 8;
    public const int F_SEAL_FUTURE_WRITE = 16;

    public static int open(string pathname, int flags) => open(pathname, flags, 0);

    public static int open(string pathname, int flags, uint mode)
    {
        using CString path = new(pathname, stackalloc byte[CString.Room]);
        return TmdsLibC.open(path.Pointer, flags, Mode(mode));
    }

    public static int openat(int dirfd, string pathname, int flags, uint mode)
    {
        using CString path = new(pathname, stackalloc byte[CString.Room]);
        return TmdsLibC.openat(dirfd, path.Pointer, flags, Mode(mode));
    }

    public static int fcntl(int fd, int cmd, nint arg) => TmdsLibC.fcntl(fd, cmd, (void*)arg);
}
