#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint fdopen(int fd, string mode);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int fclose(nint stream);
}
