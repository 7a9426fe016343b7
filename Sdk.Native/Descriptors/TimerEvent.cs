using System.ComponentModel;

namespace PollScale.Native;

/// <summary>
/// Wakes a thread that waits in an <see cref="EventPoll"/> at a time (timerfd). A thread that is woken often and whose time stays the same sets it once,
/// where a time-out of each wait would be set and taken back each time.
/// </summary>
// SAFETY: the kernel reads one structure on the stack, and the span covers one local of eight bytes; neither outlives the call.
internal sealed unsafe class TimerEvent : IDisposable
{
    /// <summary>Makes one that is not set.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public TimerEvent()
    {
        int fd = LibC.timerfd_create(LibC.CLOCK_MONOTONIC, LibC.TFD_CLOEXEC | LibC.TFD_NONBLOCK);
        Descriptor = fd < 0 ? throw Errno.Failure("timerfd_create") : new StreamDescriptor(fd);
    }

    /// <summary>Readable from the time on, until <see cref="Clear"/>.</summary>
    public StreamDescriptor Descriptor { get; }

    /// <summary>Sets the time, in place of the one before.</summary>
    /// <param name="milliseconds">From now; below 0 for never.</param>
    public void Set(int milliseconds)
    {
        const int PerSecond = 1000, NsPerMs = 1_000_000;
        itimerspec next = default;
        if (milliseconds >= 0)
        {
            next.it_value = new timespec { tv_sec = milliseconds / PerSecond, tv_nsec = Math.Max(1, milliseconds % PerSecond * (long)NsPerMs) }; // 0 would be never
        }

        if (LibC.timerfd_settime(Descriptor.Fd, 0, &next, null) != 0)
        {
            throw Errno.Failure("timerfd_settime");
        }
    }

    /// <summary>Takes note that the time has come.</summary>
    public void Clear()
    {
        ulong count;
        Descriptor.Read(new Span<byte>(&count, sizeof(ulong)));
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();
}
