#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int CLOCK_REALTIME = 0;
    public const int CLOCK_MONOTONIC = 1;
    public const int CLOCK_MONOTONIC_RAW = 4;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int clock_gettime(int clockid, timespec* tp);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int clock_nanosleep(int clockid, int flags, timespec* request, timespec* remain);
}

/// <summary>Mirrors struct timespec (time.h) on x86-64.</summary>
internal struct timespec
{
    public long tv_sec;
    public long tv_nsec;
}
