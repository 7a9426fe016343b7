using Microsoft.Win32.SafeHandles;

namespace PollScale.Native;

/// <summary>
/// A file that grows beside its name and takes it when it is complete, so that whoever looks finds a whole file, the one before or none.
/// Neither a link nor a file that somebody else put there is written through.
/// </summary>
internal sealed class ReplacedFile : IDisposable
{
    private bool _done;

    /// <summary>Begins the file.</summary>
    /// <param name="path">Its name; not empty, without NUL.</param>
    /// <param name="mode">Permission bits, such as 0640.</param>
    /// <exception cref="IOException">It cannot be made there, and nothing has changed; the message begins with the cause and says what would do.</exception>
    public ReplacedFile(string path, uint mode)
    {
        if (FileFacts.At(path) is { IsRegular: false } facts)
        {
            throw new IOException($"it is {facts.KindText}. Name a regular file, or one that does not exist yet.");
        }

        Path = System.IO.Path.GetFullPath(path);
        Temporary = $"{Path}.{Guid.NewGuid().ToString("N")[..8]}.part";
        int fd = LibC.open(Temporary, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, mode);
        Handle = fd >= 0
            ? new SafeFileHandle(fd, ownsHandle: true)
            : throw new IOException($"{LibC.strerror(LibC.errno)}. Name a file in a directory that exists and may be written.");
    }

    /// <summary>The file, open for writing.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>The full path of its name.</summary>
    public string Path { get; }

    /// <summary>Where it is until then.</summary>
    public string Temporary { get; }

    /// <summary>Gives it its name.</summary>
    /// <exception cref="IOException">That is not possible; the file stays where it is.</exception>
    public void Complete()
    {
        _done = true;
        try
        {
            RandomAccess.FlushToDisk(Handle);
            Handle.Dispose();
            File.Move(Temporary, Path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Ends; a file that is not complete is taken away.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        if (!_done)
        {
            _done = true;
            File.Delete(Temporary);
        }
    }
}
