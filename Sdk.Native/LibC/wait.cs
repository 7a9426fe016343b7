#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int WNOHANG = 1;
    public const int WEXITED = 4;
    public const int WNOWAIT = 0x01000000;
    public const int P_PID = 1;
    public const int __WALL = 0x40000000;

    public static bool WIFEXITED(int status) => (status & 0x7f) == 0;

    public static int WEXITSTATUS(int status) => (status >> 8) & 0xff;

    public static int WTERMSIG(int status) => status & 0x7f;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int waitpid(int pid, int* wstatus, int options);

    /// <summary>waitid(2); <paramref name="infop"/> takes 128 bytes.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int waitid(int idtype, int id, void* infop, int options);
}
