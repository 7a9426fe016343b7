#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const short POSIX_SPAWN_SETPGROUP = 0x02;
    public const short POSIX_SPAWN_SETSIGDEF = 0x04;
    public const short POSIX_SPAWN_SETSIGMASK = 0x08;

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn(
        int* pid, string path, posix_spawn_file_actions_t* file_actions, posix_spawnattr_t* attrp, byte** argv, byte** envp);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_init(posix_spawn_file_actions_t* file_actions);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t* file_actions);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t* file_actions, int fildes, int newfildes);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn_file_actions_addopen(
        posix_spawn_file_actions_t* file_actions, int fildes, string path, int oflag, uint mode);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_init(posix_spawnattr_t* attr);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_destroy(posix_spawnattr_t* attr);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setflags(posix_spawnattr_t* attr, short flags);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setpgroup(posix_spawnattr_t* attr, int pgroup);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setsigdefault(posix_spawnattr_t* attr, ulong* sigdefault);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setsigmask(posix_spawnattr_t* attr, ulong* sigmask);
}

/// <summary>Room for posix_spawn_file_actions_t (spawn.h): 80 bytes in glibc x86-64, opaque.</summary>
internal unsafe struct posix_spawn_file_actions_t
{
    public fixed ulong opaque[32];
}

/// <summary>Room for posix_spawnattr_t (spawn.h): 336 bytes in glibc x86-64, opaque.</summary>
internal unsafe struct posix_spawnattr_t
{
    public fixed ulong opaque[64];
}
