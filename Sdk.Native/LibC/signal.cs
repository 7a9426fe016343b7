#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

public static unsafe partial class LibC
{
    public const int SIGILL = 4;
    public const int SIGTRAP = 5;
    public const int SIGABRT = 6;
    public const int SIGBUS = 7;
    public const int SIGFPE = 8;
    public const int SIGKILL = 9;
    public const int SIGSEGV = 11;
    public const int SIGPIPE = 13;
    public const int SIGALRM = 14;
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGTERM = 15;

    /// <summary>The first real-time signal glibc leaves to programs.</summary>
    public const int SIGRTMIN = 34;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int tgkill(int tgid, int tid, int sig);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int kill(int pid, int sig);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int sigaction(int signum, sigaction_t* act, sigaction_t* oldact);
}

/// <summary>Mirrors struct sigaction of glibc x86-64 (signal.h), 152 bytes.</summary>
public unsafe struct sigaction_t
{
    public void* sa_handler;
    public fixed ulong sa_mask[16];
    public int sa_flags;
    public void* sa_restorer;
}
