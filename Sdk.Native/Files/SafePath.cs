using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PollScale.Native;

/// <summary>Walks a path from "/" name by name, each opened in the folder before it, so that what was looked at is what is used.</summary>
internal static unsafe class SafePath
{
    private const int MostLinks = 40; // as the kernel's own limit
    private const int LongestLink = 4096;

    /// <summary>Opens a folder for looking names up in (O_PATH). Links on the way are followed where those who may be trusted made them.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="trust">Who may have a hand in it.</param>
    /// <param name="createMode">Mode of folders that are missing; null makes none.</param>
    /// <exception cref="UnsafeFileException">Others may write on the way, or something on it is no folder.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenFolder(string path, FileTrust trust, uint? createMode = null)
    {
        (SafeFileHandle folder, string? name) = Walk(path, trust, createMode, wantsFile: false);
        return name is null ? folder : throw Disposing(folder, new UnsafeFileException($"{path} is no folder."));
    }

    /// <summary>Opens the folder that holds a file, with the links of the file's own name resolved.</summary>
    /// <returns>The folder and the name in it: a regular file, something else than a link, or nothing yet.</returns>
    public static (SafeFileHandle Folder, string Name) OpenParent(string path, FileTrust trust)
    {
        (SafeFileHandle folder, string? name) = Walk(path, trust, null, wantsFile: true);
        return (folder, name ?? throw Disposing(folder, new UnsafeFileException($"{path} is a folder, not a regular file.")));
    }

    private static (SafeFileHandle Folder, string? Name) Walk(string path, FileTrust trust, uint? createMode, bool wantsFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Stack<string> names = [];
        Push(names, Path.IsPathRooted(path) ? path : Path.Combine(Environment.CurrentDirectory, path));
        string where = "/";
        SafeFileHandle folder = Root(trust);
        try
        {
            for (int links = 0; names.TryPop(out string? name);)
            {
                FileFacts inside = Facts(folder, where);
                string here = Path.Combine(where, name);
                SafeFileHandle? next = Open(folder, name, createMode, here, absentIsFine: wantsFile && names.Count == 0);
                if (next is null)
                {
                    return (folder, name);
                }

                using SafeFileHandle opened = next;
                FileFacts facts = Facts(opened, here);
                if (!facts.IsRegular && !facts.IsFolder && !facts.IsLink)
                {
                    throw new UnsafeFileException($"{here} is {facts.KindText}, not a {(wantsFile && names.Count == 0 ? "regular file" : "folder")}.");
                }

                Check(facts, inside, here, trust, isLast: names.Count == 0);
                if (facts.IsLink)
                {
                    string target = ++links <= MostLinks ? Target(opened, here) : throw new UnsafeFileException($"{path} has more than {MostLinks} symbolic links.");
                    Push(names, target);
                    if (Path.IsPathRooted(target))
                    {
                        (SafeFileHandle left, folder, where) = (folder, Root(trust), "/");
                        left.Dispose();
                    }
                }
                else if (facts.IsFolder)
                {
                    (SafeFileHandle left, folder, where) = (folder, Reopen(opened, here), here);
                    left.Dispose();
                }
                else
                {
                    return names.Count == 0 ? (folder, name) : throw new UnsafeFileException($"{here} is {facts.KindText}, not a folder.");
                }
            }

            return (folder, null);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static void Check(FileFacts facts, FileFacts inside, string here, FileTrust trust, bool isLast)
    {
        // In a folder like /tmp anybody may have put it there under this name.
        if (trust != FileTrust.Anyone && inside.IsWritableByAll && !facts.IsOurs)
        {
            throw new UnsafeFileException($"{here} belongs to user {facts.Uid} and lies in a folder that every user may write: that user may have put it there. Use another path, or remove it.");
        }

        bool excused = facts.IsSticky && !isLast;
        if (trust == FileTrust.OnlyUs && facts.OtherWriter is (string who, string remedy) && !(excused && facts.IsOurs))
        {
            throw new UnsafeFileException($"{here} is not safe to use: {who}. Others could replace what is in it: {remedy} {here}, or use another path.");
        }

        if (trust == FileTrust.NotEverybody && facts.IsWritableByAll && !facts.IsSticky)
        {
            throw new UnsafeFileException($"{here} is not safe to use: every user may write it. chmod o-w {here}, or use another path.");
        }
    }

    private static SafeFileHandle Root(FileTrust trust)
    {
        SafeFileHandle root = new(LibC.open("/", LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC), ownsHandle: true);
        FileFacts facts = root.IsInvalid ? throw FileErrors.CannotOpen("/", LibC.errno) : Facts(root, "/");
        Check(facts, default, "/", trust, isLast: false);
        return root;
    }

    private static SafeFileHandle? Open(SafeFileHandle folder, string name, uint? createMode, string here, bool absentIsFine)
    {
        int fd = TryOpen(folder, name);
        if (fd < 0 && LibC.errno == LibC.ENOENT && createMode is uint mode)
        {
            Make(folder, name, mode, here);

            fd = TryOpen(folder, name);
        }

        int error = fd < 0 ? LibC.errno : 0;
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true)
            : error == LibC.ENOENT && absentIsFine ? null
            : throw FileErrors.CannotOpen(here, error);
    }

    private static void Make(SafeFileHandle folder, string name, uint mode, string here)
    {
        if (LibC.mkdirat(SafeFile.Fd(folder), name, mode) != 0)
        {
            if (LibC.errno != LibC.EEXIST)
            {
                throw FileErrors.CannotMake(here, LibC.errno);
            }

            return;
        }

        // A service's umask may take away what makes a folder of use.
        int made = LibC.openat(SafeFile.Fd(folder), name, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, 0);
        if (made >= 0)
        {
            _ = LibC.fchmod(made, mode);
            _ = LibC.close(made);
        }
    }

    private static int TryOpen(SafeFileHandle folder, string name) =>
        LibC.openat(SafeFile.Fd(folder), name, LibC.O_PATH | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, 0);

    private static SafeFileHandle Reopen(SafeFileHandle folder, string here)
    {
        int fd = LibC.openat(SafeFile.Fd(folder), ".", LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw FileErrors.CannotOpen(here, LibC.errno);
    }

    private static FileFacts Facts(SafeFileHandle handle, string here) =>
        FileFacts.TryRead(SafeFile.Fd(handle), out FileFacts facts) ? facts : throw FileErrors.CannotOpen(here, LibC.errno);

    private static string Target(SafeFileHandle link, string here)
    {
        byte* text = stackalloc byte[LongestLink]; // SAFETY: readlinkat writes at most the length it is told
        nint length = LibC.readlinkat(SafeFile.Fd(link), "", text, LongestLink);
        return length is > 0 and < LongestLink ? Encoding.UTF8.GetString(text, (int)length) : throw FileErrors.CannotOpen(here, length < 0 ? LibC.errno : LibC.ENAMETOOLONG);
    }

    private static void Push(Stack<string> names, string path)
    {
        foreach (string name in path.Split('/').AsEnumerable().Reverse().Where(name => name is not ("" or ".")))
        {
            names.Push(name);
        }
    }

    private static Exception Disposing(SafeFileHandle handle, Exception failure)
    {
        handle.Dispose();
        return failure;
    }
}
