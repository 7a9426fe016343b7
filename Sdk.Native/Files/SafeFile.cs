using Microsoft.Win32.SafeHandles;

namespace PollScale.Native;

/// <summary>
/// Opens files that others may have put there: never waits (a FIFO, a leased file), never opens anything but a regular file, never follows a
/// link whose maker is not trusted. A file system that hangs can still block it: call it outside every lock.
/// </summary>
/// <remarks>Failures are those of .NET: FileNotFoundException, UnauthorizedAccessException, IOException; of the latter <see cref="UnsafeFileException"/> where the file itself is at fault.</remarks>
internal static class SafeFile
{
    private const int Always = LibC.O_NONBLOCK | LibC.O_NOFOLLOW | LibC.O_CLOEXEC;

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trust">Who may have a hand in it. Beyond <see cref="FileTrust.Anyone"/> links are followed where those who may be trusted made them.</param>
    /// <exception cref="UnsafeFileException">It is no regular file, or others than those may write it.</exception>
    public static SafeFileHandle OpenRead(string path, FileTrust trust = FileTrust.Anyone) => Open(path, LibC.O_RDONLY, trust, null);

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Bytes it may have.</param>
    /// <param name="trust">Who may have a hand in it.</param>
    /// <exception cref="UnsafeFileException">It is no regular file, is longer, or others than those may write it.</exception>
    public static byte[] Read(string path, int most, FileTrust trust = FileTrust.Anyone)
    {
        using SafeFileHandle file = OpenRead(path, trust);
        return Read(file, path, most);
    }

    /// <summary>Opens a file to append to, or makes it. It must have this one name only: a second one may be another's file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Permission bits of a new file, such as 0600; an old one keeps its own.</param>
    /// <param name="trust">Who may have a hand in it.</param>
    /// <exception cref="UnsafeFileException">It is no regular file, has several names, or others than those may write it.</exception>
    public static SafeFileHandle OpenAppend(string path, uint mode, FileTrust trust = FileTrust.Anyone) => Open(path, LibC.O_WRONLY | LibC.O_APPEND, trust, mode);

    /// <summary>Reads a whole open file.</summary>
    /// <param name="file">Open for reading.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="most">Bytes it may have, whatever its length was said to be: it may grow meanwhile.</param>
    /// <exception cref="UnsafeFileException">It is longer.</exception>
    public static byte[] Read(SafeFileHandle file, string path, int most)
    {
        byte[] bytes = new byte[Math.Min(4096, (long)most + 1)];
        int length = 0;
        while (true)
        {
            int got = RandomAccess.Read(file, bytes.AsSpan(length), length);
            length += got;
            if (length > most)
            {
                throw new UnsafeFileException($"{path} is longer than {most} bytes, the most that is read of such a file.");
            }

            if (got == 0)
            {
                return bytes[..length];
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(bytes.Length * 2L, (long)most + 1));
            }
        }
    }

    internal static int Fd(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    /// <summary>Opens a name in a folder; makes it when it is missing and a mode is given.</summary>
    internal static SafeFileHandle OpenAt(SafeFileHandle? folder, string name, string shown, int flags, uint? createMode)
    {
        int at = folder is null ? LibC.AT_FDCWD : Fd(folder);
        while (true)
        {
            int fd = LibC.openat(at, name, flags | Always, 0);
            if (fd < 0 && LibC.errno == LibC.ENOENT && createMode is uint mode)
            {
                fd = LibC.openat(at, name, flags | Always | LibC.O_CREAT | LibC.O_EXCL, mode);
                if (fd < 0 && LibC.errno == LibC.EEXIST)
                {
                    continue; // another made it in between
                }
            }

            return fd < 0 ? throw FileErrors.CannotOpen(shown, LibC.errno) : Regular(new SafeFileHandle(fd, ownsHandle: true), shown, flags);
        }
    }

    private static SafeFileHandle Open(string path, int flags, FileTrust trust, uint? createMode)
    {
        if (trust == FileTrust.Anyone)
        {
            return OpenAt(null, path, path, flags, createMode);
        }

        (SafeFileHandle folder, string name) = SafePath.OpenParent(path, trust);
        using (folder)
        {
            return OpenAt(folder, name, path, flags, createMode);
        }
    }

    private static SafeFileHandle Regular(SafeFileHandle file, string shown, int flags)
    {
        bool known = FileFacts.TryRead(Fd(file), out FileFacts facts);
        bool writes = (flags & (LibC.O_WRONLY | LibC.O_RDWR)) != 0;
        string? trouble = !known ? "cannot be looked at"
            : !facts.IsRegular ? $"is {facts.KindText}, not a regular file"
            : writes && facts.Links > 1 ? $"has {facts.Links} names (hard links), so it may be another's file"
            : null;
        if (trouble is null)
        {
            return file;
        }

        file.Dispose();
        throw new UnsafeFileException($"{shown} {trouble}.");
    }
}
