#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int PRIO_PROCESS = 0;
    public const int RLIMIT_NOFILE = 7;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setpriority(int which, uint who, int prio);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getrlimit(int resource, rlimit* rlim);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setrlimit(int resource, rlimit* rlim);
}

/// <summary>Mirrors struct rlimit (sys/resource.h) on x86-64.</summary>
internal struct rlimit
{
    public ulong rlim_cur;
    public ulong rlim_max;
}
