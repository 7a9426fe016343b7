using System.Globalization;
using Tmds.Linux;

namespace PollScale.Native;

/// <summary>
/// A lock on an open file by which processes see each other, whatever path led them to it: an open-file-description lock for writing, which only
/// those who may write the file can take. It ends with the descriptor. Locks for reading, which anybody can take, are not counted.
/// </summary>
internal static unsafe class FileHold
{
    /// <summary>Takes the lock.</summary>
    /// <param name="fd">Open for writing.</param>
    /// <returns>False when another open file of this or another process has it. A file system without locks counts as free.</returns>
    public static bool TryTake(int fd)
    {
        flock wanted = new() { l_type = LibC.F_WRLCK };
        if (LibC.fcntl(fd, LibC.F_OFD_SETLK, (nint)(&wanted)) == 0 || LibC.errno is not (LibC.EAGAIN or LibC.EACCES)) // SAFETY: fcntl reads one struct flock, on this stack
        {
            return true;
        }

        flock found = new() { l_type = LibC.F_WRLCK };
        return LibC.fcntl(fd, LibC.F_OFD_GETLK, (nint)(&found)) != 0 || found.l_type != LibC.F_WRLCK; // SAFETY: as above, and it writes the same struct
    }

    /// <summary>Takes a lock on some bytes of the file, as the others are on all of it.</summary>
    /// <param name="fd">Open for writing.</param>
    /// <param name="start">First byte.</param>
    /// <param name="length">Number of bytes, above 0.</param>
    /// <returns>False when another open file of this or another process has it; null when the file system has no locks.</returns>
    public static bool? TryTake(int fd, long start, long length)
    {
        flock wanted = new() { l_type = LibC.F_WRLCK, l_start = start, l_len = length };
        return LibC.fcntl(fd, LibC.F_OFD_SETLK, (nint)(&wanted)) == 0 ? true : LibC.errno is LibC.EAGAIN or LibC.EACCES ? false : null; // SAFETY: fcntl reads one struct flock, on this stack
    }

    /// <summary>Gives the lock back before the descriptor is closed.</summary>
    public static void Release(int fd)
    {
        flock none = new() { l_type = LibC.F_UNLCK };
        _ = LibC.fcntl(fd, LibC.F_OFD_SETLK, (nint)(&none)); // SAFETY: fcntl reads one struct flock, on this stack
    }

    /// <summary>The process that has the lock. Slow: it looks through /proc.</summary>
    /// <returns>Its pid; 0 when it cannot be seen from here.</returns>
    public static int FindHolder(int fd)
    {
        if (!FileFacts.TryRead(fd, out FileFacts facts))
        {
            return 0;
        }

        string file = string.Create(CultureInfo.InvariantCulture, $" {facts.Device >> 32:x2}:{facts.Device & uint.MaxValue:x2}:{facts.Inode} ");
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Holds(process, file))
            {
                return pid;
            }
        }

        return 0;
    }

    private static bool Holds(string process, string file)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fdinfo")).Any(descriptor => Locks(descriptor, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it ended, or is another user's
        }
    }

    private static bool Locks(string descriptor, string file)
    {
        try
        {
            return File.ReadLines(descriptor).Any(line => line.StartsWith("lock:", StringComparison.Ordinal)
                && line.Contains("OFDLCK", StringComparison.Ordinal) && line.Contains("WRITE", StringComparison.Ordinal) && line.Contains(file, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // closed meanwhile
        }
    }
}
