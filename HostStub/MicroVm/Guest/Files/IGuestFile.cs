using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>Something a guest file descriptor stands for. Results are as of the system call: a count, or -errno.</summary>
internal interface IGuestFile
{
    /// <summary>Bytes it has, for lseek and fstat; 0 for a stream.</summary>
    ulong Size => 0;

    /// <summary>Type and permissions as in st_mode.</summary>
    uint Mode { get; }

    /// <summary>Major number &lt;&lt; 8 | minor number of a device, as st_rdev has it; else 0.</summary>
    ulong Device => 0;

    /// <summary>Events it is ready for (<see cref="PollEvents"/>).</summary>
    uint Ready => PollEvents.Always;

    /// <summary>True when epoll takes it: its readiness changes.</summary>
    bool CanBeWaitedFor => false;

    /// <summary>Counts every change of its readiness, so that epoll tells an edge.</summary>
    uint Changes => 0;

    /// <summary>True for a file that lseek(2) takes.</summary>
    bool CanSeek => false;

    /// <summary>lseek(2), where <see cref="CanSeek"/>: the new position, or -errno. A device has but one.</summary>
    /// <param name="offset">Bytes from there.</param>
    /// <param name="whence">SEEK_SET, SEEK_CUR or SEEK_END.</param>
    long Seek(long offset, int whence) => 0;

    /// <summary>pread(2), where <see cref="CanSeek"/>.</summary>
    long ReadAt(ulong position, Span<byte> destination) => Read(destination);

    /// <summary>read(2); <see cref="Syscalls.SyscallResult.Blocked"/> when nothing is there yet.</summary>
    long Read(Span<byte> destination);

    /// <summary>write(2).</summary>
    long Write(ReadOnlySpan<byte> source);

    /// <summary>What ioctl(FIONREAD) tells, or -errno.</summary>
    long Readable => -LibC.ENOTTY;

    /// <summary>The guest-physical range that mmap(2) shows.</summary>
    /// <returns>False when it cannot be mapped there.</returns>
    bool TryMap(ulong offset, ulong length, int prot, out ulong gpa)
    {
        gpa = 0;
        return false;
    }

    /// <summary>The last descriptor was closed.</summary>
    void Close()
    {
    }
}
