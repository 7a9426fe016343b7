using Microsoft.Win32.SafeHandles;
using PollScale.Native;

namespace PollScale.HostStub.Audit;

/// <summary>A file that only grows, also when several processes write to it or something else truncates it; full, it becomes FILE.1 and a new one is begun.</summary>
internal sealed class AuditFile : IDisposable
{
    private const uint CreateMode = 0b110_100_000; // rw-r-----

    private readonly string _path;
    private readonly AuditLimits _limits;
    private SafeFileHandle _handle;
    private bool _torn;
    private bool _full;

    /// <summary>Opens a file at its end, or creates it for its owner and group.</summary>
    /// <exception cref="AuditException">That is not possible, or others may write it or its folder.</exception>
    public AuditFile(string path, AuditLimits limits)
    {
        _path = path;
        _limits = limits;
        _handle = Open();
    }

    /// <summary>Appends a line; a line that a full disk cut is closed before the next.</summary>
    /// <returns>Null, or why it could not be written.</returns>
    public string? Write(ReadOnlySpan<byte> line)
    {
        long length = Length();
        try
        {
            _full |= _limits.IsFull(length, line.Length); // and stays so until it is put aside, though a shorter line would fit
            if (_full)
            {
                Rotate();
                length = Length();
            }

            if (_torn)
            {
                RandomAccess.Write(_handle, "\n"u8, length);
                _torn = false;
                length = Length();
            }

            RandomAccess.Write(_handle, line, length); // O_APPEND: the kernel ignores the offset
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or AuditException)
        {
            _torn |= Length() != length;
            return e.Message;
        }
    }

    /// <summary>Opens the path anew, after a log rotation has moved the file.</summary>
    /// <exception cref="AuditException">That is not possible; the file open so far stays in use.</exception>
    public void Reopen() => Adopt(Open());

    public void Dispose() => _handle.Dispose();

    // Where another process has begun a new file meanwhile, that one is used.
    private void Rotate()
    {
        SafeFileHandle next = Open();
        if (Identity(next) == Identity(_handle))
        {
            next.Dispose();
            Shift();
            next = Open();
        }

        Adopt(next);
    }

    private void Shift()
    {
        string full = Path.GetFullPath(_path), name = Path.GetFileName(full);
        using SafeFolder folder = new(Path.GetDirectoryName(full)!);
        for (int i = _limits.Keep - 1; i >= 1; i--)
        {
            if (folder.Has($"{name}.{i}"))
            {
                folder.Rename($"{name}.{i}", $"{name}.{i + 1}");
            }
        }

        folder.Rename(name, $"{name}.1");
    }

    private void Adopt(SafeFileHandle next)
    {
        _handle.Dispose();
        _handle = next;
        _torn = _full = false;
    }

    private SafeFileHandle Open()
    {
        try
        {
            return SafeFile.OpenAppend(_path, CreateMode, FileTrust.OnlyUs);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new AuditException($"The audit log {_path} cannot be opened: {e.Message} Give a file in a directory that exists and that only root and this user may write.")
            {
                IsMachines = e is UnauthorizedAccessException || (e is IOException and not (UnsafeFileException or FileNotFoundException or DirectoryNotFoundException)),
            };
        }
    }

    private static (ulong, ulong) Identity(SafeFileHandle file) =>
        FileFacts.TryRead((int)file.DangerousGetHandle(), out FileFacts facts) ? (facts.Device, facts.Inode) : default;

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
