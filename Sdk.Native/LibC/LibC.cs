#pragma warning disable CS1591, CA2101, SYSLIB1054 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

/// <summary>
/// The libc calls the project needs, spelled as in C and as in Tmds.LibC, one partial file per header.
/// Each returns what the C function returns; after -1 (or MAP_FAILED) read <see cref="errno"/>.
/// </summary>
public static unsafe partial class LibC
{
    private const string Library = "libc";

    /// <summary>Error number of the calling thread's last failed call.</summary>
    public static int errno => Marshal.GetLastPInvokeError();

    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int ENXIO = 6;
    public const int E2BIG = 7;
    public const int ENOEXEC = 8;
    public const int EBADF = 9;
    public const int ECHILD = 10;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EFAULT = 14;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int ENOTTY = 25;
    public const int ESPIPE = 29;
    public const int EROFS = 30;
    public const int ENOSPC = 28;
    public const int ERANGE = 34;
    public const int ENAMETOOLONG = 36;
    public const int ENOSYS = 38;
    public const int ELOOP = 40;
    public const int EOPNOTSUPP = 95;
    public const int ETIMEDOUT = 110;
    public const int ECONNABORTED = 103;
    public const int ECONNREFUSED = 111;

    [LibraryImport(Library, EntryPoint = "strerror")]
    private static partial byte* strerror_raw(int errnum);

    /// <summary>The system's sentence for an error number.</summary>
    public static string strerror(int errnum) => Marshal.PtrToStringUTF8((nint)strerror_raw(errnum)) ?? $"error {errnum}";
}
