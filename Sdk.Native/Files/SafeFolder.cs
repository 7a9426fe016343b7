using Microsoft.Win32.SafeHandles;

namespace PollScale.Native;

/// <summary>A folder that only root and this user may write, opened once: its files are reached through it, so nothing on the way can be exchanged.</summary>
internal sealed class SafeFolder : IDisposable
{
    private const string TemporarySuffix = ".tmp";
    private readonly SafeFileHandle _folder;
    private readonly uint? _group;

    /// <summary>Opens a folder, or makes it with those that are missing on its way.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="createMode">Mode of new folders; null makes none.</param>
    /// <exception cref="UnsafeFileException">Others may write it, or a folder on the way to it.</exception>
    /// <exception cref="IOException">It cannot be opened or made.</exception>
    public SafeFolder(string path, uint? createMode = null)
    {
        Path = System.IO.Path.GetFullPath(path);
        _folder = SafePath.OpenFolder(path, FileTrust.OnlyUs, createMode);
        _group = FileFacts.TryRead(SafeFile.Fd(_folder), out FileFacts facts) ? facts.OwnGroup : null;
    }

    /// <summary>Full path, for messages.</summary>
    public string Path { get; }

    /// <summary>Full path of a file in it, for messages.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Names in it that fit a pattern of <see cref="Directory"/>, sorted.</summary>
    public IReadOnlyList<string> Names(string pattern) =>
        [.. Directory.EnumerateFileSystemEntries(Path, pattern).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>True when there is something of that name, whatever it is.</summary>
    public bool Has(string name)
    {
        int fd = LibC.openat(SafeFile.Fd(_folder), name, LibC.O_PATH | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, 0);
        if (fd >= 0)
        {
            _ = LibC.close(fd);
        }

        return fd >= 0 || LibC.errno != LibC.ENOENT;
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="most">Bytes it may have.</param>
    /// <exception cref="UnsafeFileException">It is no regular file, is longer, or is another user's.</exception>
    public byte[] Read(string name, int most)
    {
        using SafeFileHandle file = SafeFile.OpenAt(_folder, name, PathOf(name), LibC.O_RDONLY, null);
        Trust(file, name);
        return SafeFile.Read(file, PathOf(name), most);
    }

    /// <summary>Opens a file for reading and writing, or makes it, closed to all but its owner (and the folder's group, where that is this user's).</summary>
    /// <exception cref="UnsafeFileException">It is no regular file, has several names, or is another user's.</exception>
    public SafeFileHandle OpenPrivate(string name)
    {
        SafeFileHandle file = SafeFile.OpenAt(_folder, name, PathOf(name), LibC.O_RDWR, Private);
        try
        {
            Trust(file, name);
            if (FileFacts.TryRead(SafeFile.Fd(file), out FileFacts facts) && facts.Uid == LibC.geteuid())
            {
                _ = LibC.fchmod(SafeFile.Fd(file), Private); // the umask, or an older file's mode
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Puts a file in place, whole and on disk before this returns; an old one of that name goes. For one writer at a time.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">All of it.</param>
    /// <param name="mode">Permission bits.</param>
    public void Replace(string name, ReadOnlySpan<byte> content, uint mode)
    {
        string temporary = name + TemporarySuffix;
        Delete(temporary); // left over, a link, whatever it is
        int fd = LibC.openat(SafeFile.Fd(_folder), temporary, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, mode);
        using SafeFileHandle file = fd < 0 ? throw FileErrors.CannotMake(PathOf(temporary), LibC.errno) : new SafeFileHandle(fd, ownsHandle: true);
        try
        {
            RandomAccess.Write(file, content, 0);
            if (LibC.fchmod(fd, mode) != 0 || LibC.fsync(fd) != 0 || LibC.renameat(SafeFile.Fd(_folder), temporary, SafeFile.Fd(_folder), name) != 0)
            {
                throw FileErrors.CannotWrite(PathOf(name), LibC.errno);
            }
        }
        catch
        {
            _ = LibC.unlinkat(SafeFile.Fd(_folder), temporary, 0);
            throw;
        }

        Sync();
    }

    /// <summary>Gives a file another name; the former file of that name goes.</summary>
    public void Rename(string from, string to)
    {
        if (LibC.renameat(SafeFile.Fd(_folder), from, SafeFile.Fd(_folder), to) != 0)
        {
            throw FileErrors.CannotWrite(PathOf(to), LibC.errno);
        }

        Sync();
    }

    /// <summary>Removes a file; one that is not there is no error.</summary>
    public void Delete(string name)
    {
        if (LibC.unlinkat(SafeFile.Fd(_folder), name, 0) != 0 && LibC.errno != LibC.ENOENT)
        {
            throw FileErrors.CannotWrite(PathOf(name), LibC.errno);
        }
    }

    /// <summary>Brings what names changed to the disk.</summary>
    public void Sync()
    {
        int fd = LibC.openat(SafeFile.Fd(_folder), ".", LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
        if (fd >= 0)
        {
            _ = LibC.fsync(fd);
            _ = LibC.close(fd);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private uint Private => 0x180 | (_group is null ? 0 : 0x30u); // 0600 or 0660

    private void Trust(SafeFileHandle file, string name)
    {
        FileFacts facts = FileFacts.TryRead(SafeFile.Fd(file), out FileFacts read) ? read : default;
        bool comrades = _group is uint group && facts.Gid == group && !facts.IsWritableByAll;
        if (!comrades && facts.OtherWriter is (string who, string remedy))
        {
            throw new UnsafeFileException($"{PathOf(name)} is not safe to use: {who}. Remove it, or {remedy} {PathOf(name)}.");
        }
    }
}
