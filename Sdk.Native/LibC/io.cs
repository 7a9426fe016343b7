#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    /// <summary>Permission for port I/O on the calling thread (sys/io.h).</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int ioperm(nuint from, nuint num, int turn_on);
}
