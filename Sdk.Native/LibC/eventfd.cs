#pragma warning disable CS1591 // The man pages document these; names are libc's.

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int EFD_CLOEXEC = 0x80000;
    public const int EFD_NONBLOCK = 0x800;

    public static int eventfd(uint initval, int flags) => TmdsLibC.eventfd(initval, flags);
}
