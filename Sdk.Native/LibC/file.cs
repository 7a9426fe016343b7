#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    /// <summary>Locks an open file description (sys/file.h).</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int flock(int fd, int operation);
}
