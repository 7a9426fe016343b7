using PollScale.Native;

namespace PollScale.Clock;

/// <summary>Waits of the calling thread that a descriptor ends when it can be read.</summary>
internal static unsafe class DescriptorWait
{
    /// <summary>Waits until it can be read, the time is over, or a signal comes.</summary>
    /// <param name="descriptor">The descriptor; nothing is read from it.</param>
    /// <param name="nanoseconds">For how long at most, 0 or more.</param>
    /// <param name="lasts">Whether a problem is there to stay.</param>
    /// <returns>Why it cannot be waited for; null where it can.</returns>
    public static string? For(int descriptor, long nanoseconds, out bool lasts)
    {
        pollfd wanted = new() { fd = descriptor, events = LibC.POLLIN };
        timespec time = ThreadSleep.Time(nanoseconds);

        // SAFETY: the structs outlive the call.
        int ready = LibC.ppoll(&wanted, 1, &time, null);
        lasts = ready < 0 || (wanted.revents & LibC.POLLNVAL) != 0;
        return ready < 0 ? Refusal(LibC.errno)
            : ready == 0 || (wanted.revents & LibC.POLLIN) != 0 ? null
            : (wanted.revents & LibC.POLLNVAL) != 0 ? Closed
            : (wanted.revents & LibC.POLLERR) != 0 ? "it has failed, as a packet socket does whose interface is down (POLLERR)"
            : "its other end is gone (POLLHUP)";
    }

    /// <summary>That one is not open.</summary>
    public const string Closed = "it is closed";

    private static string? Refusal(int error) => error == LibC.EINTR ? null : $"ppoll: {LibC.strerror(error)}";
}
