#pragma warning disable CS1591 // The man pages document these; names are libc's.

using Tmds.Linux;

namespace PollScale.Native;

internal static unsafe partial class LibC
{
    public const int EPOLL_CLOEXEC = 0x80000;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;
    public const int EPOLLIN = 1;
    public const int EPOLLOUT = 4;
    public const int EPOLLERR = 8;
    public const int EPOLLHUP = 0x10;

    public static int epoll_create1(int flags) => TmdsLibC.epoll_create1(flags);

    public static int epoll_ctl(int epfd, int op, int fd, epoll_event* ev) => TmdsLibC.epoll_ctl(epfd, op, fd, ev);

    public static int epoll_wait(int epfd, epoll_event* events, int maxevents, int timeout) => TmdsLibC.epoll_wait(epfd, events, maxevents, timeout);
}
