using Microsoft.Win32.SafeHandles;
using PollScale.Native;

namespace PollScale.HostStub.Audit;

/// <summary>A file that only grows, also when several processes write to it or something else truncates it.</summary>
internal sealed class AuditFile : IDisposable
{
    private const uint CreateMode = 0b110_100_000; // rw-r-----

    private readonly string _path;
    private SafeFileHandle _handle;
    private bool _torn;

    /// <summary>Opens a file at its end, or creates it for its owner and group.</summary>
    /// <exception cref="AuditException">That is not possible.</exception>
    public AuditFile(string path)
    {
        _path = path;
        _handle = Open();
    }

    /// <summary>Appends a line; a line that a full disk cut is closed before the next.</summary>
    /// <returns>Null, or why it could not be written.</returns>
    public string? Write(ReadOnlySpan<byte> line)
    {
        long length = Length();
        try
        {
            if (_torn)
            {
                RandomAccess.Write(_handle, "\n"u8, length);
                _torn = false;
                length = Length();
            }

            RandomAccess.Write(_handle, line, length); // O_APPEND: the kernel ignores the offset
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _torn |= Length() != length;
            return e.Message;
        }
    }

    /// <summary>Opens the path anew, after a log rotation has moved the file.</summary>
    /// <exception cref="AuditException">That is not possible; the file open so far stays in use.</exception>
    public void Reopen()
    {
        SafeFileHandle next = Open();
        _handle.Dispose();
        _handle = next;
        _torn = false;
    }

    public void Dispose() => _handle.Dispose();

    private SafeFileHandle Open()
    {
        // The runtime's append mode seeks to the end once; only O_APPEND writes there every time.
        int fd = LibC.open(_path, LibC.O_WRONLY | LibC.O_APPEND | LibC.O_CREAT | LibC.O_CLOEXEC | LibC.O_NONBLOCK, CreateMode);
        return fd >= 0
            ? new SafeFileHandle(fd, ownsHandle: true)
            : throw new AuditException($"The audit log {_path} cannot be opened: {LibC.strerror(LibC.errno)}. Give a file in a directory that exists and may be written.");
    }

    private long Length()
    {
        try
        {
            return RandomAccess.GetLength(_handle);
        }
        catch (Exception e) when (e is IOException or NotSupportedException)
        {
            return 0;
        }
    }
}
