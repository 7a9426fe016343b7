using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>A guest's file for a plain process: a sealed memfd, found under this process's descriptors.</summary>
internal sealed unsafe class HostProcessFile : IDisposable
{
    private int _fd;

    /// <exception cref="GuestSetupException">It cannot be made.</exception>
    public HostProcessFile(GuestFile file)
    {
        _fd = LibC.memfd_create("pollscale-file", LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING);
        if (_fd < 0 || !Write(file.Content.Span)
            || LibC.fcntl(_fd, LibC.F_ADD_SEALS, LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW | LibC.F_SEAL_WRITE | LibC.F_SEAL_SEAL) < 0)
        {
            int error = LibC.errno;
            Dispose();
            throw new GuestSetupException($"Cannot hand the guest its {file.Option} file: {LibC.strerror(error)}.");
        }
    }

    /// <summary>Where another process of this machine opens it.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_fd}";

    public void Dispose()
    {
        if (_fd >= 0)
        {
            LibC.close(_fd);
            _fd = -1;
        }
    }

    private bool Write(ReadOnlySpan<byte> bytes)
    {
        // SAFETY: first stays pinned while the kernel reads from it, and offset never passes the length.
        fixed (byte* first = bytes)
        {
            for (int offset = 0; offset < bytes.Length;)
            {
                nint count = LibC.pwrite(_fd, first + offset, (nuint)(bytes.Length - offset), offset);
                if (count <= 0)
                {
                    return false;
                }

                offset += (int)count;
            }
        }

        return true;
    }
}
