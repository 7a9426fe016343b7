using System.ComponentModel;
using System.Text;
using Tmds.Linux;

namespace PollScale.Native;

/// <summary>
/// Non-blocking AF_UNIX sockets, of a stream or, where <c>packets</c> is said, of packets that are kept apart (SOCK_SEQPACKET). The name
/// of the latter may begin with @, which stands for Linux's abstract names, as memif's programs write them.
/// </summary>
// SAFETY: each address lies on the stack with its own size, and a path that does not fit is refused before it is copied.
internal static unsafe class UnixSocket
{
    /// <summary>Bytes that a path may have.</summary>
    public const int LongestPath = 107;

    /// <summary>True when the name of a socket of packets is an abstract one, which no file has.</summary>
    public static bool IsAbstract(string path) => path.StartsWith('@');

    /// <summary>Checks that a path can be a socket's.</summary>
    /// <exception cref="ArgumentException">It is empty or too long.</exception>
    public static void CheckPath(string path) => _ = Address(path, false, out _);

    /// <summary>Connects.</summary>
    /// <returns>The connection, or null with <paramref name="error"/> set: nobody listens there, or no descriptor is left.</returns>
    public static StreamDescriptor? TryConnect(string path, out int error, bool packets = false)
    {
        sockaddr_un address = Address(path, packets, out uint length);
        int fd = Make(packets);
        if (fd < 0)
        {
            error = LibC.errno;
            return null;
        }

        error = LibC.connect(fd, &address, length) == 0 ? 0 : LibC.errno;
        StreamDescriptor socket = new(fd);
        if (error == 0)
        {
            return socket;
        }

        socket.Dispose();
        return null;
    }

    /// <summary>Listens. The path must not exist.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">Permission bits of the socket; null leaves those of the umask.</param>
    /// <param name="packets">Of packets.</param>
    /// <param name="waiting">Connections that may wait to be taken.</param>
    /// <param name="group">Group of the socket, one that this user is in; null leaves the one that it gets.</param>
    /// <exception cref="Win32Exception">The system refused, or the path became another's as soon as it was made.</exception>
    public static StreamDescriptor Listen(string path, uint? mode = null, bool packets = false, int waiting = 1, uint? group = null)
    {
        sockaddr_un address = Address(path, packets, out uint length);
        int fd = Make(packets);
        StreamDescriptor socket = fd < 0 ? throw Errno.Failure("socket") : new StreamDescriptor(fd);
        int error = LibC.bind(socket.Fd, &address, length) != 0 ? LibC.errno
            : mode is uint bits && SetMode(path, bits, group) is var failed and not 0 ? failed
            : LibC.listen(socket.Fd, waiting) != 0 ? LibC.errno
            : 0;
        if (error == 0)
        {
            return socket;
        }

        socket.Dispose();
        throw new Win32Exception(error, $"listening on {path} failed: {LibC.strerror(error)}.");
    }

    // Whoever may write the folder may put a link in the socket's place at once: what is changed is what was looked at.
    internal static int SetMode(string path, uint mode, uint? group = null)
    {
        int fd = LibC.open(path, LibC.O_PATH | LibC.O_NOFOLLOW | LibC.O_CLOEXEC);
        if (fd < 0)
        {
            return LibC.errno;
        }

        try
        {
            return !FileFacts.TryRead(fd, out FileFacts facts) || !facts.IsSocket || facts.Uid != LibC.geteuid() ? LibC.EACCES
                : group is uint gid && LibC.fchownat(fd, "", uint.MaxValue, gid, LibC.AT_EMPTY_PATH) != 0 ? LibC.errno
                : LibC.chmod($"/proc/self/fd/{fd}", mode) != 0 ? LibC.errno
                : 0;
        }
        finally
        {
            _ = LibC.close(fd);
        }
    }

    /// <summary>Takes a waiting connection.</summary>
    /// <returns>Null when none waits any more.</returns>
    public static StreamDescriptor? TryAccept(StreamDescriptor listener) => TryAccept(listener, out _);

    /// <summary>Takes a waiting connection.</summary>
    /// <param name="listener">The listening socket.</param>
    /// <param name="error">Why one that waits cannot be taken, EMFILE say: it goes on waiting. 0 where none waits any more.</param>
    public static StreamDescriptor? TryAccept(StreamDescriptor listener, out int error)
    {
        int fd = LibC.accept4(listener.Fd, LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC);
        error = fd >= 0 ? 0 : LibC.errno;
        error = error is LibC.EAGAIN or LibC.EINTR or LibC.ECONNABORTED ? 0 : error;
        return fd < 0 ? null : new StreamDescriptor(fd);
    }

    /// <summary>Process that connected to a listening socket of ours, or that made the pair; 0 where the system does not tell.</summary>
    public static int PeerProcess(StreamDescriptor socket)
    {
        ucred peer = default;
        return LibC.getsockopt(socket.Fd, LibC.SOL_SOCKET, LibC.SO_PEERCRED, &peer, (uint)sizeof(ucred)) == 0 ? (int)peer.pid : 0;
    }

    /// <summary>Who connected to a listening socket of ours, as the kernel noted it then.</summary>
    /// <returns>Null where the system does not tell.</returns>
    public static SocketPeer? Peer(StreamDescriptor socket)
    {
        const int MostGroups = 1024;
        ucred peer = default;
        if (LibC.getsockopt(socket.Fd, LibC.SOL_SOCKET, LibC.SO_PEERCRED, &peer, (uint)sizeof(ucred)) != 0)
        {
            return null;
        }

        uint* groups = stackalloc uint[MostGroups];
        uint bytes = MostGroups * sizeof(uint);
        bool known = LibC.getsockopt(socket.Fd, LibC.SOL_SOCKET, LibC.SO_PEERGROUPS, groups, ref bytes) == 0; // one who is in more has none of them here
        return new SocketPeer((int)peer.pid, peer.uid, peer.gid, known ? [.. new ReadOnlySpan<uint>(groups, (int)(bytes / sizeof(uint)))] : []);
    }

    private static int Make(bool packets) =>
        LibC.socket(LibC.AF_UNIX, (packets ? LibC.SOCK_SEQPACKET : LibC.SOCK_STREAM) | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);

    private static sockaddr_un Address(string path, bool packets, out uint length)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        if (bytes.Length is 0 or > LongestPath)
        {
            throw new ArgumentException($"A socket's path has 1 to {LongestPath} bytes, not {bytes.Length}: {path}", nameof(path));
        }

        sockaddr_un address = new() { sun_family = LibC.AF_UNIX };
        bytes.CopyTo(new Span<byte>(address.sun_path, LongestPath));
        length = (uint)sizeof(sockaddr_un);
        if (packets && IsAbstract(path))
        {
            // Of an abstract name each byte counts, so that its length says where it ends.
            address.sun_path[0] = 0;
            length = (uint)(sizeof(ushort) + bytes.Length);
        }

        return address;
    }
}
