#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int CLOCK_REALTIME = 0;
    public const int CLOCK_MONOTONIC = 1;
    public const int CLOCK_MONOTONIC_RAW = 4;

    // errno is left alone: nobody asks for it, and it would cost two more calls each time.
    [LibraryImport(Library)]
    public static partial int clock_gettime(int clockid, timespec* tp);

    /// <summary>Sleeps, as the function of libc does, which makes the thread cancellable and back meanwhile.</summary>
    /// <returns>0, or -1 for any error; errno is not kept.</returns>
    public static int clock_nanosleep(int clockid, int flags, timespec* request, timespec* remain) => (int)syscall(SYS_clock_nanosleep, clockid, flags, (nint)request, (nint)remain);
}

/// <summary>Mirrors struct timespec (time.h) on x86-64.</summary>
internal struct timespec
{
    public long tv_sec;
    public long tv_nsec;
}
