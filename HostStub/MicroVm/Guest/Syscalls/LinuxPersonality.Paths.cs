using PollScale.HostStub.Guest.Files;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Paths: opening, looking, executing.</content>
internal sealed partial class LinuxPersonality
{
    private const int MaxPath = 4096;
    private const int AT_EMPTY_PATH = 0x1000, AT_SYMLINK_NOFOLLOW = 0x100, AT_NO_AUTOMOUNT = 0x800, AT_EACCESS = 0x200, AT_STATX_SYNC_TYPE = 0x6000;

    /// <summary>Finds what a descriptor and a path name.</summary>
    /// <param name="thread">The caller.</param>
    /// <param name="folder">Descriptor where a relative path begins, or AT_FDCWD.</param>
    /// <param name="address">The path.</param>
    /// <param name="file">What is there.</param>
    /// <param name="absolute">Where it leads; see <see cref="GuestPaths.Walk"/>.</param>
    /// <returns>0, or the errno.</returns>
    private int Find(GuestThread thread, int folder, ulong address, out IGuestFile? file, out string absolute)
    {
        (file, absolute) = (null, "");
        int error = ReadPath(address, out string path);
        return error != 0 ? error : Find(thread, folder, path, out file, out absolute);
    }

    private int Find(GuestThread thread, int folder, string path, out IGuestFile? file, out string absolute)
    {
        string start = "/";
        if (folder != LibC.AT_FDCWD && path.Length > 0 && path[0] != '/')
        {
            OpenFile? opened = thread.Files[(uint)folder];
            if (opened?.File is not DirectoryFile directory)
            {
                (file, absolute) = (null, "");
                return opened is null ? LibC.EBADF : LibC.ENOTDIR;
            }

            start = directory.Path;
        }

        return process.Paths.Walk(path, start, out file, out absolute);
    }

    private int ReadPath(ulong address, out string path)
    {
        if (process.Space.TryReadString(address, MaxPath, out path))
        {
            return path.Length < MaxPath ? 0 : LibC.ENAMETOOLONG;
        }

        return process.Space.TryRead(address, new byte[MaxPath]) ? LibC.ENAMETOOLONG : LibC.EFAULT;
    }

    private long Open(GuestThread thread, int folder, ulong path, int flags)
    {
        const int O_ACCMODE = 3, O_LARGEFILE = 0x8000, Kept = O_ACCMODE | LibC.O_NONBLOCK | LibC.O_APPEND;
        bool create = (flags & LibC.O_CREAT) != 0, writes = (flags & O_ACCMODE) != LibC.O_RDONLY;
        int error = Find(thread, folder, path, out IGuestFile? file, out string absolute);
        if (file is null)
        {
            // Only the last name is missing: it would have to be made, and nothing can be.
            return create && error == LibC.ENOENT && absolute.Length > 0 ? -LibC.EROFS : -error;
        }

        bool isFolder = FileModes.IsDirectory(file.Mode);
        error = error != 0 ? error
            : create && (flags & LibC.O_EXCL) != 0 ? LibC.EEXIST
            : isFolder && (writes || create) ? LinuxErrno.EISDIR
            : !isFolder && (flags & LibC.O_DIRECTORY) != 0 ? LibC.ENOTDIR : 0;
        if (error != 0)
        {
            return -error;
        }

        int fd = thread.Files.Add(new OpenFile(file, (flags & Kept) | O_LARGEFILE), 0, (flags & LibC.O_CLOEXEC) != 0);
        return fd >= 0 ? fd : -LibC.EMFILE;
    }

    /// <summary>What stat, statx and access look at: a path, or with AT_EMPTY_PATH and an empty one the descriptor itself.</summary>
    private int Look(GuestThread thread, int folder, ulong address, int flags, out IGuestFile? file)
    {
        file = null;
        string path = "";

        // Since Linux 6.11 no path at all is an empty one.
        int error = address == 0 && (flags & AT_EMPTY_PATH) != 0 ? 0 : ReadPath(address, out path);
        if (error != 0)
        {
            return error;
        }

        if (path.Length > 0 || (flags & AT_EMPTY_PATH) == 0 || folder == LibC.AT_FDCWD)
        {
            return Find(thread, folder, path.Length == 0 && (flags & AT_EMPTY_PATH) != 0 ? "/" : path, out file, out _);
        }

        file = thread.Files[(uint)folder]?.File;
        return file is null ? LibC.EBADF : 0;
    }

    private long DescriptorStatus(GuestThread thread, SyscallArgs args) => thread.Files[(uint)args.A0] is not { } file ? -LibC.EBADF
        : process.Space.TryWrite(args.A1, FileStatus.Stat(file.File)) ? 0 : -LibC.EFAULT;

    private long PathStatus(GuestThread thread, int folder, ulong path, ulong buffer, int flags)
    {
        if ((flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT)) != 0)
        {
            return -LibC.EINVAL;
        }

        int error = Look(thread, folder, path, flags, out IGuestFile? file);
        return error != 0 ? -error : process.Space.TryWrite(buffer, FileStatus.Stat(file!)) ? 0 : -LibC.EFAULT;
    }

    private long ExtendedStatus(GuestThread thread, SyscallArgs args)
    {
        const uint STATX__RESERVED = 0x8000_0000;
        int flags = (int)args.A2;
        if (((uint)args.A3 & STATX__RESERVED) != 0 || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE
            || (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_SYNC_TYPE)) != 0)
        {
            return -LibC.EINVAL;
        }

        int error = Look(thread, (int)args.A0, args.A1, flags, out IGuestFile? file);
        return error != 0 ? -error : process.Space.TryWrite(args.A4, FileStatus.Statx(file!)) ? 0 : -LibC.EFAULT;
    }

    // The guest is root: it may read and write all, and execute what anybody may.
    private long Access(GuestThread thread, int folder, ulong path, int mode, int flags)
    {
        const int X_OK = 1, Modes = 7;
        const uint AnyExecute = 0x49;
        if ((mode & ~Modes) != 0 || (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_EACCESS)) != 0)
        {
            return -LibC.EINVAL;
        }

        int error = Look(thread, folder, path, flags, out IGuestFile? file);
        return error != 0 ? -error : (mode & X_OK) != 0 && (file!.Mode & AnyExecute) == 0 ? -LibC.EACCES : 0;
    }

    private long ReadLink(GuestThread thread, int folder, ulong path, ulong size) =>
        (int)size <= 0 ? -LibC.EINVAL : Find(thread, folder, path, out _, out _) is var error and not 0 ? -error : -LibC.EINVAL;

    // There are no programs: nothing that exists may be executed.
    private long Execute(GuestThread thread, int folder, ulong path) =>
        Find(thread, folder, path, out _, out _) is var error and not 0 ? -error : -LibC.EACCES;

    private long CurrentFolder(SyscallArgs args) =>
        args.A1 < 2 ? -LibC.ERANGE : process.Space.TryWrite(args.A0, "/\0"u8) ? 2 : -LibC.EFAULT;
}
