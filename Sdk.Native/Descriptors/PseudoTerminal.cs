using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PollScale.Native;

/// <summary>A raw pseudo-terminal: <see cref="Master"/> here, a device at <see cref="SlavePath"/> for another program.</summary>
// SAFETY: ptsname_r writes at most the 64 bytes that it is told of, with a zero at their end.
internal sealed unsafe class PseudoTerminal : IDisposable
{
    // Held open so that the master does not hang up whenever the other program closes its end.
    private readonly StreamDescriptor _slave;

    /// <summary>Makes one.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public PseudoTerminal()
    {
        int fd = LibC.posix_openpt(LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_CLOEXEC | LibC.O_NONBLOCK);
        if (fd < 0)
        {
            throw Errno.Failure("opening a pseudo-terminal");
        }

        Master = new StreamDescriptor(fd);
        byte* name = stackalloc byte[64];
        if (LibC.grantpt(fd) != 0 || LibC.unlockpt(fd) != 0 || LibC.ptsname_r(fd, name, 64) != 0)
        {
            Win32Exception failure = Errno.Failure("unlocking a pseudo-terminal");
            Master.Dispose();
            throw failure;
        }

        SlavePath = Marshal.PtrToStringUTF8((nint)name)!;
        try
        {
            _slave = StreamDescriptor.OpenDevice(SlavePath);
        }
        catch
        {
            Master.Dispose();
            throw;
        }
    }

    /// <summary>The end of this process.</summary>
    public StreamDescriptor Master { get; }

    /// <summary>Device of the other end, such as /dev/pts/3.</summary>
    public string SlavePath { get; }

    /// <summary>Throws away what was written to <see cref="Master"/> and not read.</summary>
    public void DiscardUnread() => _ = LibC.tcflush(_slave.Fd, LibC.TCIFLUSH);

    /// <inheritdoc/>
    public void Dispose()
    {
        Master.Dispose();
        _slave.Dispose();
    }
}
