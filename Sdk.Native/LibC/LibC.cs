#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;
using Tmds.Linux;

namespace PollScale.Native;

/// <summary>
/// The libc calls the project needs, spelled as in C, one partial file per header. What Tmds.LibC has right goes through it; imported here is
/// what it lacks, or has wrong or slower. Each returns what the C function returns; after -1 (or MAP_FAILED) read <see cref="errno"/>.
/// </summary>
internal static unsafe partial class LibC
{
    // As Tmds.LibC names it: a program that is linked with libc names one library (buildTransitive/PollScale.Native.targets).
    private const string Library = "libc.so.6";

    // Constants are declared here, not taken from Tmds.LibC: there they are properties, which no pattern and no other constant can use.

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
    public const int EMLINK = 31;
    public const int ERANGE = 34;
    public const int ENAMETOOLONG = 36;
    public const int ENOSYS = 38;
    public const int ELOOP = 40;
    public const int ETIME = 62;
    public const int EOPNOTSUPP = 95;
    public const int ETIMEDOUT = 110;
    public const int ETOOMANYREFS = 109;
    public const int ECONNABORTED = 103;
    public const int ECONNRESET = 104;
    public const int ECONNREFUSED = 111;

    /// <summary>The system's sentence for an error number.</summary>
    public static string strerror(int errnum)
    {
        const int Longest = 256;
        byte* text = stackalloc byte[Longest]; // SAFETY: strerror_r writes at most the bytes it is told, the last of them zero
        text[0] = 0;
        _ = TmdsLibC.strerror_r(errnum, text, Longest);
        return text[0] == 0 ? $"error {errnum}" : Marshal.PtrToStringUTF8((nint)text)!;
    }

    private static size_t Size(nuint bytes) => (size_t)(ulong)bytes;

    private static mode_t Mode(uint bits) => checked((ushort)bits);

    private static nint Count(ssize_t result) => (nint)(long)result;
}
