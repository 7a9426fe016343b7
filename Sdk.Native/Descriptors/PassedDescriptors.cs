using Tmds.Linux;

namespace PollScale.Native;

/// <summary>Descriptors handed to another process over a unix socket (SCM_RIGHTS).</summary>
// SAFETY: the control message's room is that of the most descriptors that are ever sent or taken, and the kernel is told its size.
internal static unsafe class PassedDescriptors
{
    /// <summary>Most descriptors in one message.</summary>
    public const int Most = 16;

    /// <summary>Sends bytes, with descriptors that stay open here. Never waits.</summary>
    /// <param name="socket">Descriptor of the socket.</param>
    /// <param name="bytes">At least one byte.</param>
    /// <param name="descriptors">At most <see cref="Most"/>.</param>
    /// <returns>Bytes sent, or a negative error number: -EAGAIN when there is no room, -ETOOMANYREFS when too many descriptors are under way.</returns>
    public static int Send(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, Most);
        byte* control = stackalloc byte[Room(Most)];
        fixed (byte* first = bytes)
        {
            iovec part = new() { iov_base = first, iov_len = bytes.Length };
            msghdr message = new() { msg_iov = &part, msg_iovlen = 1 };
            if (descriptors.Length > 0)
            {
                cmsghdr* head = (cmsghdr*)control;
                message.msg_control = control;
                message.msg_controllen = Room(descriptors.Length);
                head->cmsg_level = LibC.SOL_SOCKET;
                head->cmsg_type = LibC.SCM_RIGHTS;
                head->cmsg_len = Length(descriptors.Length);
                descriptors.CopyTo(new Span<int>(head + 1, descriptors.Length));
            }

            nint sent;
            do
            {
                sent = LibC.sendmsg(socket, &message, LibC.MSG_NOSIGNAL | LibC.MSG_DONTWAIT);
            }
            while (sent < 0 && LibC.errno == LibC.EINTR);

            return sent < 0 ? -LibC.errno : (int)sent;
        }
    }

    /// <summary>Takes bytes, with the descriptors that came with them, now the caller's. Never waits.</summary>
    /// <param name="socket">Descriptor of the socket.</param>
    /// <param name="bytes">Room for the bytes.</param>
    /// <param name="descriptors">The descriptors, closed on exec; more than <see cref="Most"/> are lost.</param>
    /// <returns>Bytes taken, 0 at the end, or a negative error number: -EAGAIN when nothing is there.</returns>
    public static int Receive(int socket, Span<byte> bytes, out int[] descriptors)
    {
        byte* control = stackalloc byte[Room(Most)];
        descriptors = [];
        fixed (byte* first = bytes)
        {
            iovec part = new() { iov_base = first, iov_len = bytes.Length };
            msghdr message = new() { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = Room(Most) };
            nint taken;
            do
            {
                taken = LibC.recvmsg(socket, &message, LibC.MSG_DONTWAIT | LibC.MSG_CMSG_CLOEXEC);
            }
            while (taken < 0 && LibC.errno == LibC.EINTR);

            if (taken < 0)
            {
                return -LibC.errno;
            }

            // Nothing else was asked for, so that one message holds all.
            cmsghdr* head = (cmsghdr*)control;
            if ((uint)message.msg_controllen >= (uint)sizeof(cmsghdr) && head->cmsg_level == LibC.SOL_SOCKET && head->cmsg_type == LibC.SCM_RIGHTS)
            {
                descriptors = new ReadOnlySpan<int>(head + 1, ((int)(uint)head->cmsg_len - sizeof(cmsghdr)) / sizeof(int)).ToArray();
            }

            return (int)taken;
        }
    }

    // CMSG_LEN and CMSG_SPACE of cmsg(3), which Tmds.LibC has wrong: its length is rounded up, so that the kernel would take the padding for another descriptor.
    private static int Length(int descriptors) => sizeof(cmsghdr) + (descriptors * sizeof(int));

    private static int Room(int descriptors) => (Length(descriptors) + sizeof(ulong) - 1) / sizeof(ulong) * sizeof(ulong);
}
