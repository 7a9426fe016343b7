using PollScale.Native;

namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>Reads a routes file by plain system calls, which the micro-VM has too.</summary>
// SAFETY: the array is pinned while the kernel fills what is left of it.
internal static unsafe class RouteFileBytes
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="path">A regular file.</param>
    /// <exception cref="RouteFileException">It cannot be read, is none, or is larger than <see cref="RouteFile.MaxBytes"/>.</exception>
    public static byte[] Read(string path)
    {
        // Without O_NONBLOCK a FIFO would block for ever.
        int fd = LibC.open(path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (fd < 0)
        {
            throw new RouteFileException($"{path}: cannot be opened: {LibC.strerror(LibC.errno)}.");
        }

        try
        {
            long size = LibC.lseek(fd, 0, LibC.SEEK_END);
            if (size < 0 || LibC.lseek(fd, 0, LibC.SEEK_SET) != 0)
            {
                throw new RouteFileException($"{path}: is not a regular file.");
            }

            if (size > RouteFile.MaxBytes)
            {
                throw new RouteFileException($"{path}: has {size} bytes; a routes file has at most {RouteFile.MaxBytes}.");
            }

            byte[] bytes = new byte[size];
            int done = 0;
            // SAFETY: first is pinned, and done never passes the length.
            fixed (byte* first = bytes)
            {
                while (done < bytes.Length)
                {
                    nint count = LibC.read(fd, first + done, (nuint)(bytes.Length - done));
                    if (count < 0)
                    {
                        throw new RouteFileException($"{path}: cannot be read: {LibC.strerror(LibC.errno)}.");
                    }

                    if (count == 0)
                    {
                        break;
                    }

                    done += (int)count;
                }
            }

            return done == bytes.Length ? bytes : bytes[..done];
        }
        finally
        {
            LibC.close(fd);
        }
    }
}
