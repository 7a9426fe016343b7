#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;
using Tmds.Linux;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int O_NOCTTY = 0x100;
    public const int TCSANOW = 0;
    public const int TCIFLUSH = 0;

    public static int isatty(int fd) => TmdsLibC.isatty(fd);

    public static int tcgetattr(int fd, termios* termios_p) => TmdsLibC.tcgetattr(fd, termios_p);

    public static int tcsetattr(int fd, int optional_actions, termios* termios_p) => TmdsLibC.tcsetattr(fd, optional_actions, termios_p);

    public static int tcflush(int fd, int queue_selector) => TmdsLibC.tcflush(fd, queue_selector);

    [LibraryImport(Library)]
    public static partial void cfmakeraw(termios* termios_p);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int posix_openpt(int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int grantpt(int fd);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int unlockpt(int fd);

    [LibraryImport(Library)]
    public static partial int ptsname_r(int fd, byte* buf, nuint buflen);
}
