#pragma warning disable CS1591 // The man pages document these; names are libc's.

using Tmds.Linux;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int AF_UNIX = 1;
    public const int SOCK_STREAM = 1;
    public const int SOCK_SEQPACKET = 5;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1;
    public const int SO_PEERCRED = 17;
    public const int SO_RCVTIMEO = 20;
    public const int SO_SNDTIMEO = 21;
    public const int SO_PEERGROUPS = 59;
    public const int SCM_RIGHTS = 1;
    public const int SHUT_RDWR = 2;
    public const int MSG_CTRUNC = 8;
    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int MSG_CMSG_CLOEXEC = 0x40000000;

    public static int socketpair(int domain, int type, int protocol, int* sv) => TmdsLibC.socketpair(domain, type, protocol, sv);

    public static int socket(int domain, int type, int protocol) => TmdsLibC.socket(domain, type, protocol);

    public static int connect(int sockfd, sockaddr_un* addr, uint addrlen) => TmdsLibC.connect(sockfd, (sockaddr*)addr, addrlen);

    public static int bind(int sockfd, sockaddr_un* addr, uint addrlen) => TmdsLibC.bind(sockfd, (sockaddr*)addr, addrlen);

    public static int listen(int sockfd, int backlog) => TmdsLibC.listen(sockfd, backlog);

    /// <summary>accept4(2) for who need not know who connects.</summary>
    public static int accept4(int sockfd, int flags) => TmdsLibC.accept4(sockfd, null, null, flags);

    public static int setsockopt(int sockfd, int level, int optname, void* optval, uint optlen) => TmdsLibC.setsockopt(sockfd, level, optname, optval, optlen);

    /// <summary>getsockopt(2) for an option of a known size.</summary>
    public static int getsockopt(int sockfd, int level, int optname, void* optval, uint optlen)
    {
        socklen_t length = optlen;
        return TmdsLibC.getsockopt(sockfd, level, optname, optval, &length);
    }

    /// <summary>getsockopt(2) for an option of any size.</summary>
    public static int getsockopt(int sockfd, int level, int optname, void* optval, ref uint optlen)
    {
        socklen_t length = optlen;
        int result = TmdsLibC.getsockopt(sockfd, level, optname, optval, &length);
        optlen = length;
        return result;
    }

    public static nint sendmsg(int sockfd, msghdr* msg, int flags) => Count(TmdsLibC.sendmsg(sockfd, msg, flags));

    public static nint recvmsg(int sockfd, msghdr* msg, int flags) => Count(TmdsLibC.recvmsg(sockfd, msg, flags));

    public static nint send(int sockfd, void* buf, nuint len, int flags) => Count(TmdsLibC.send(sockfd, buf, Size(len), flags));

    public static nint recv(int sockfd, void* buf, nuint len, int flags) => Count(TmdsLibC.recv(sockfd, buf, Size(len), flags));

    public static int shutdown(int sockfd, int how) => TmdsLibC.shutdown(sockfd, how);
}

/// <summary>Mirrors struct timeval (sys/time.h) on x86-64.</summary>
internal struct timeval
{
    public long tv_sec;
    public long tv_usec;
}
