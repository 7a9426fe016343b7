using System.ComponentModel;

namespace PollScale.Native;

/// <summary>Memory in a descriptor that other processes may map and write, but not resize: one that shrank it would kill who reads behind its end.</summary>
internal static class SealedMemory
{
    private const int Seals = LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW | LibC.F_SEAL_SEAL;

    /// <summary>Makes such memory, full of zeros.</summary>
    /// <param name="name">Name in /proc/PID/fd.</param>
    /// <param name="bytes">Its size.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static StreamDescriptor Make(string name, int bytes)
    {
        int fd = LibC.memfd_create(name, LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING);
        StreamDescriptor memory = fd < 0 ? throw Errno.Failure("memfd_create") : new StreamDescriptor(fd);
        if (LibC.ftruncate(fd, bytes) == 0 && LibC.fcntl(fd, LibC.F_ADD_SEALS, Seals) == 0)
        {
            return memory;
        }

        Win32Exception failure = Errno.Failure($"making sealed memory of {bytes} bytes");
        memory.Dispose();
        throw failure;
    }

    /// <summary>True when a descriptor from elsewhere is memory as <see cref="Make"/> makes it.</summary>
    public static bool Is(StreamDescriptor memory, int bytes) =>
        LibC.fcntl(memory.Fd, LibC.F_GET_SEALS, 0) is >= 0 and int seals && (seals & Seals) == Seals && LibC.lseek(memory.Fd, 0, LibC.SEEK_END) == bytes;
}
