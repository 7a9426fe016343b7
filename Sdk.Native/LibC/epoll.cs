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
    public const uint EPOLLET = 0x8000_0000;

    public static int epoll_create1(int flags) => TmdsLibC.epoll_create1(flags);

    public static int epoll_ctl(int epfd, int op, int fd, epoll_event* ev) => TmdsLibC.epoll_ctl(epfd, op, fd, ev);

    /// <summary>
    /// As epoll_wait(2), but that <see cref="errno"/> is not kept and the thread is no point of cancellation meanwhile: each wake-up of a daemon would pay for both.
    /// </summary>
    public static int epoll_wait(int epfd, epoll_event* events, int maxevents, int timeout) => (int)syscall(SYS_epoll_wait, epfd, (nint)events, maxevents, timeout);
}
