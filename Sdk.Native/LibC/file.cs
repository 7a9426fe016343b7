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

    /// <summary>Gives a file to another owner or group (unistd.h); <see cref="uint.MaxValue"/> leaves one as it is.</summary>
    public static int fchownat(int dirfd, string pathname, uint owner, uint group, int flags)
    {
        using CString path = new(pathname, stackalloc byte[CString.Room]);
        return TmdsLibC.fchownat(dirfd, path.Pointer, owner, group, flags);
    }
}
