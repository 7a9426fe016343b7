#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int TFD_CLOEXEC = 0x80000;
    public const int TFD_NONBLOCK = 0x800;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int timerfd_create(int clockid, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int timerfd_settime(int ufd, int flags, itimerspec* utmr, itimerspec* otmr);
}

/// <summary>Mirrors struct itimerspec (time.h) on x86-64.</summary>
internal struct itimerspec
{
    public timespec it_interval;
    public timespec it_value;
}
