namespace PollScale.HostStub.Guest.Files;

/// <summary>Something a guest file descriptor stands for. Results are as of the system call: a count, or -errno.</summary>
internal interface IGuestFile
{
    /// <summary>Bytes it has, for lseek and fstat; 0 for a stream.</summary>
    ulong Size => 0;

    /// <summary>S_IFCHR, S_IFIFO or S_IFREG as in st_mode.</summary>
    uint Mode { get; }

    /// <summary>read(2); <see cref="Syscalls.SyscallResult.Blocked"/> when nothing is there yet.</summary>
    long Read(Span<byte> destination);

    /// <summary>write(2).</summary>
    long Write(ReadOnlySpan<byte> source);

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
