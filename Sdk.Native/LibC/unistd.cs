#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int STDIN_FILENO = 0;
    public const int STDOUT_FILENO = 1;
    public const int STDERR_FILENO = 2;

    public const int SYS_futex = 202;
    public const int SYS_clock_nanosleep = 230;
    public const int SYS_epoll_wait = 232;
    public const int SYS_gettid = 186;
    public const int SYS_membarrier = 324;
    public const int SYS_perf_event_open = 298;
    public const int SYS_pidfd_open = 434;

    public const int AT_FDCWD = -100;
    public const int AT_EACCESS = 0x200;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int R_OK = 4;
    public const int W_OK = 2;

    public static int faccessat(int dirfd, string pathname, int mode, int flags)
    {
        using CString path = new(pathname, stackalloc byte[CString.Room]);
        return TmdsLibC.faccessat(dirfd, path.Pointer, mode, flags);
    }

    public static int close(int fd) => TmdsLibC.close(fd);

    public static nint read(int fd, void* buf, nuint count) => Count(TmdsLibC.read(fd, buf, Size(count)));

    public static nint write(int fd, void* buf, nuint count) => Count(TmdsLibC.write(fd, buf, Size(count)));

    public static nint pread(int fd, void* buf, nuint count, long offset) => Count(TmdsLibC.pread(fd, buf, Size(count), offset));

    public static nint pwrite(int fd, void* buf, nuint count, long offset) => Count(TmdsLibC.pwrite(fd, buf, Size(count), offset));

    public static int fsync(int fd) => TmdsLibC.fsync(fd);

    public const int SEEK_SET = 0;
    public const int SEEK_CUR = 1;
    public const int SEEK_END = 2;

    public static long lseek(int fd, long offset, int whence) => TmdsLibC.lseek(fd, offset, whence);

    public static int ftruncate(int fd, long length) => TmdsLibC.ftruncate(fd, length);

    public static int pipe2(int* pipefd, int flags) => TmdsLibC.pipe2(pipefd, flags);

    public static void _exit(int status) => TmdsLibC._exit(status);

    public static int getpid() => TmdsLibC.getpid();

    [LibraryImport(Library)]
    public static partial int gettid();

    public static uint geteuid() => TmdsLibC.geteuid();

    public static uint getegid() => TmdsLibC.getegid();

    public static int getgroups(int size, uint* list) => TmdsLibC.getgroups(size, (Tmds.Linux.gid_t*)list);

    public static nint readlinkat(int dirfd, string pathname, byte* buf, nuint bufsiz)
    {
        using CString path = new(pathname, stackalloc byte[CString.Room]);
        return Count(TmdsLibC.readlinkat(dirfd, path.Pointer, buf, Size(bufsiz)));
    }

    public static int unlinkat(int dirfd, string pathname, int flags)
    {
        using CString path = new(pathname, stackalloc byte[CString.Room]);
        return TmdsLibC.unlinkat(dirfd, path.Pointer, flags);
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int renameat(int olddirfd, string oldpath, int newdirfd, string newpath);

    public static nint syscall(nint number, nint a0, nint a1, nint a2, nint a3, nint a4, nint a5) =>
        Count(TmdsLibC.syscall((void*)number, (void*)a0, (void*)a1, (void*)a2, (void*)a3, (void*)a4, (void*)a5));

    // For calls that need no errno, and are no point of cancellation as libc's own functions are.
    [LibraryImport(Library)]
    private static partial nint syscall(nint number, nint a0, nint a1, nint a2, nint a3);

    // Tmds.LibC wraps its import in a function that is not inlined: 10 ns, which every entry into a guest would pay.
    [LibraryImport(Library, SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, void* argument);

    /// <summary>ioctl, but errno is not kept, which takes three calls more.</summary>
    [LibraryImport(Library, EntryPoint = nameof(ioctl))]
    public static partial int ioctl_unexplained(int fd, nuint request, void* argument);
}
