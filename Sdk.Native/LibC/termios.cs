#pragma warning disable CS1591 // The man pages document these; names are libc's.

using System.Runtime.InteropServices;

namespace PollScale.Native;

public static unsafe partial class LibC
{
    public const int O_NOCTTY = 0x100;
    public const int TCSANOW = 0;
    public const int TCIFLUSH = 0;

    [LibraryImport(Library, SetLastError = true)]
    public static partial int isatty(int fd);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int tcgetattr(int fd, termios* termios_p);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int tcsetattr(int fd, int optional_actions, termios* termios_p);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int tcflush(int fd, int queue_selector);

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

/// <summary>Mirrors struct termios of glibc x86-64 (termios.h), 60 bytes.</summary>
public unsafe struct termios
{
    public uint c_iflag;
    public uint c_oflag;
    public uint c_cflag;
    public uint c_lflag;
    public byte c_line;
    public fixed byte c_cc[32];
    public uint c_ispeed;
    public uint c_ospeed;
}
