#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint getrandom(void* buf, nuint buflen, uint flags);
}
