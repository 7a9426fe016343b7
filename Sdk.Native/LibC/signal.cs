#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
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

    public static int kill(int pid, int sig) => TmdsLibC.kill(pid, sig);

    public static int sigaction(int signum, Tmds.Linux.sigaction* act, Tmds.Linux.sigaction* oldact) => TmdsLibC.sigaction(signum, act, oldact);
}
