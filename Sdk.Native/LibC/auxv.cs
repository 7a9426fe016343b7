#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    /// <summary>The value of an entry of the auxiliary vector; 0 where there is none.</summary>
    [LibraryImport(Library)]
    public static partial nuint getauxval(ulong type);
}
