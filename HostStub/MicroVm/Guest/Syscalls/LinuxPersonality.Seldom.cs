using PollScale.HostStub.Guest.Signals;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Calls that a .NET guest does not make as it boots: compiled when the first of them is made.</content>
internal sealed partial class LinuxPersonality
{
    private int _umask = 0x12;

    private long HandleSeldom(GuestThread thread, SyscallArgs args, out bool unknown)
    {
        unknown = false;
        return (SyscallNumber)args.Number switch
        {
            SyscallNumber.readv => ReadVector(thread, args),
            SyscallNumber.pread64 => ReadAt(thread, args),
            SyscallNumber.preadv or SyscallNumber.preadv2 => ReadVectorAt(thread, args),
            SyscallNumber.pwrite64 => WriteAt(thread, args),
            SyscallNumber.pwritev or SyscallNumber.pwritev2 => WriteVectorAt(thread, args),

            SyscallNumber.open => Open(thread, LibC.AT_FDCWD, args.A0, (int)args.A1),
            SyscallNumber.stat or SyscallNumber.lstat => PathStatus(thread, LibC.AT_FDCWD, args.A0, args.A1, 0),
            SyscallNumber.statx => ExtendedStatus(thread, args),
            SyscallNumber.access => Access(thread, LibC.AT_FDCWD, args.A0, (int)args.A1, 0),
            SyscallNumber.faccessat => Access(thread, (int)args.A0, args.A1, (int)args.A2, 0),
            SyscallNumber.faccessat2 => Access(thread, (int)args.A0, args.A1, (int)args.A2, (int)args.A3),
            SyscallNumber.readlinkat => ReadLink(thread, (int)args.A0, args.A1, args.A3),
            SyscallNumber.execve => Execute(thread, LibC.AT_FDCWD, args.A0),
            SyscallNumber.execveat => Execute(thread, (int)args.A0, args.A1),
            SyscallNumber.getcwd => CurrentFolder(args),
            SyscallNumber.umask => Interlocked.Exchange(ref _umask, (int)args.A0 & 0x1FF),

            SyscallNumber.close_range => CloseRange(thread, args),
            SyscallNumber.dup => Duplicate(thread, args),
            SyscallNumber.dup2 => DuplicateTo(thread, args, flags: 0, sameIsFine: true),
            SyscallNumber.dup3 => DuplicateTo(thread, args, (int)args.A2, sameIsFine: false),
            SyscallNumber.pipe => Pipe(thread, args.A0, 0),
            SyscallNumber.eventfd => EventDescriptor(thread, args, 0),
            SyscallNumber.eventfd2 => EventDescriptor(thread, args, (int)args.A1),
            SyscallNumber.ppoll => MaskedPoll(thread, args),
            SyscallNumber.select => Select(thread, args),
            SyscallNumber.pselect6 => MaskedSelect(thread, args),
            SyscallNumber.epoll_create => (int)args.A0 <= 0 ? -LibC.EINVAL : EpollCreate(thread, 0),
            SyscallNumber.epoll_create1 => EpollCreate(thread, (int)args.A0),
            SyscallNumber.epoll_ctl => EpollControl(thread, args),
            SyscallNumber.epoll_wait => EpollWait(thread, args),
            SyscallNumber.epoll_pwait => EpollMaskedWait(thread, args),
            SyscallNumber.epoll_pwait2 => EpollPreciseWait(thread, args),

            SyscallNumber.vfork => Clone(thread, new CloneArgs(CLONE_VM | CLONE_VFORK, 0, 0, 0, 0, SignalInfo.SIGCHLD)),
            SyscallNumber.get_robust_list => GetRobustList(thread, args),
            SyscallNumber.sched_getscheduler => IsKnownThread(args.A0) ? 0 : -LibC.ESRCH,
            SyscallNumber.sched_getparam => !IsKnownThread(args.A0) ? -LibC.ESRCH : WriteZeros(args.A1, sizeof(int)),
            SyscallNumber.sched_get_priority_max => PriorityBound(args, realTime: 99),
            SyscallNumber.sched_get_priority_min => PriorityBound(args, realTime: 1),
            SyscallNumber.getppid => thread.Child is null ? 0 : GuestProcess.Pid,
            SyscallNumber.getpgrp => GuestProcess.Pid,
            SyscallNumber.getpgid or SyscallNumber.getsid => args.A0 == 0 || FindGroup(args.A0) is not null ? GuestProcess.Pid : -LibC.ESRCH,

            SyscallNumber.rt_sigpending => PendingSet(thread, args),
            SyscallNumber.rt_sigsuspend => SuspendFor(thread, args),
            SyscallNumber.rt_sigtimedwait => AwaitSignal(thread, args),
            SyscallNumber.pause => Pause(thread),
            SyscallNumber.setitimer => SetIntervalTimer(thread, args),
            SyscallNumber.getitimer => GetIntervalTimer(thread, args),
            SyscallNumber.timer_create => CreateTimer(thread, args),
            SyscallNumber.timer_settime => SetTimer(thread, args),
            SyscallNumber.timer_gettime => GetTimer(thread, args),
            SyscallNumber.timer_getoverrun => thread.Group.Timers[(uint)args.A0] is { } timer ? timer.Overrun : -LibC.EINVAL,
            SyscallNumber.timer_delete => DeleteTimer(thread, args),

            SyscallNumber.getrlimit => WriteLimit((uint)args.A0, args.A1),
            SyscallNumber.getgroups => (int)args.A0 < 0 ? -LibC.EINVAL : 0,
            SyscallNumber.getresuid or SyscallNumber.getresgid => WriteIds(args),

            SyscallNumber.socket or SyscallNumber.socketpair => -LinuxErrno.EAFNOSUPPORT,
            _ => Unknown(out unknown),
        };
    }

    private static long Unknown(out bool unknown)
    {
        unknown = true;
        return -LibC.ENOSYS;
    }
}
