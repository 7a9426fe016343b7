namespace PollScale.Native;

/// <summary>One process, whoever gets its number after it (a pidfd).</summary>
internal sealed class ProcessDescriptor : IDisposable
{
    private readonly StreamDescriptor _descriptor;

    private ProcessDescriptor(int fd) => _descriptor = new StreamDescriptor(fd);

    /// <summary>True once it has ended. While it has not, nobody else has its number.</summary>
    public bool HasEnded => _descriptor.WaitReadable(0);

    /// <summary>The process that has a number now.</summary>
    /// <param name="process">Its id.</param>
    /// <returns>Null where there is none, or the system refused.</returns>
    public static ProcessDescriptor? TryOpen(int process)
    {
        int fd = (int)LibC.syscall(LibC.SYS_pidfd_open, process, 0, 0, 0, 0, 0);
        return fd < 0 ? null : new ProcessDescriptor(fd);
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
