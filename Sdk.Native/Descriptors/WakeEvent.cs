using System.ComponentModel;

namespace PollScale.Native;

/// <summary>Wakes a thread that waits in an <see cref="EventPoll"/> (eventfd).</summary>
// SAFETY: the spans cover one local of eight bytes, and do not outlive the call.
internal sealed unsafe class WakeEvent : IDisposable
{
    /// <summary>Makes one that is not set.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public WakeEvent()
    {
        int fd = LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        Descriptor = fd < 0 ? throw Errno.Failure("eventfd") : new StreamDescriptor(fd);
    }

    /// <summary>Takes over one that another process has made.</summary>
    public WakeEvent(StreamDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>Readable while set.</summary>
    public StreamDescriptor Descriptor { get; }

    /// <summary>Sets it; from any thread.</summary>
    public void Set()
    {
        ulong one = 1;
        Descriptor.Write(new ReadOnlySpan<byte>(&one, sizeof(ulong)));
    }

    /// <summary>Clears it.</summary>
    public void Clear()
    {
        ulong count;
        Descriptor.Read(new Span<byte>(&count, sizeof(ulong)));
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();
}
