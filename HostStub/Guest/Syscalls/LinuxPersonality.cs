using PollScale.HostStub.Guest.Signals;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>
/// The Linux system calls a static program of glibc, musl, .NET NativeAOT, Rust or Go needs, answered on the guest thread's host thread.
/// Arguments are hostile: every pointer goes through the address space, every length is bounded. What is not known is ENOSYS, and counted.
/// </summary>
internal sealed partial class LinuxPersonality(GuestProcess process)
{
    private int _umask = 0x12;

    /// <summary>Answers the system call in the thread's user registers.</summary>
    /// <returns>The value for rax, or one of <see cref="SyscallResult"/>.</returns>
    public long Handle(GuestThread thread)
    {
        SyscallArgs args = SyscallArgs.From(thread.User);
        thread.CurrentSyscall = (long)args.Number;
        bool unknown = false;
        long result = (SyscallNumber)args.Number switch
        {
            SyscallNumber.read => Read(thread, args),
            SyscallNumber.readv => ReadVector(thread, args),
            SyscallNumber.pread64 => ReadAt(thread, args),
            SyscallNumber.preadv or SyscallNumber.preadv2 => ReadVectorAt(thread, args),
            SyscallNumber.write => Write(thread, args),
            SyscallNumber.writev => WriteVector(thread, args),
            SyscallNumber.pwrite64 => WriteAt(thread, args),
            SyscallNumber.pwritev or SyscallNumber.pwritev2 => WriteVectorAt(thread, args),
            SyscallNumber.lseek => Seek(thread, args),

            SyscallNumber.open => Open(thread, LibC.AT_FDCWD, args.A0, (int)args.A1),
            SyscallNumber.openat => Open(thread, (int)args.A0, args.A1, (int)args.A2),
            SyscallNumber.stat or SyscallNumber.lstat => PathStatus(thread, LibC.AT_FDCWD, args.A0, args.A1, 0),
            SyscallNumber.fstat => DescriptorStatus(thread, args),
            SyscallNumber.newfstatat => PathStatus(thread, (int)args.A0, args.A1, args.A2, (int)args.A3),
            SyscallNumber.statx => ExtendedStatus(thread, args),
            SyscallNumber.access => Access(thread, LibC.AT_FDCWD, args.A0, (int)args.A1, 0),
            SyscallNumber.faccessat => Access(thread, (int)args.A0, args.A1, (int)args.A2, 0),
            SyscallNumber.faccessat2 => Access(thread, (int)args.A0, args.A1, (int)args.A2, (int)args.A3),
            SyscallNumber.readlink => ReadLink(thread, LibC.AT_FDCWD, args.A0, args.A2),
            SyscallNumber.readlinkat => ReadLink(thread, (int)args.A0, args.A1, args.A3),
            SyscallNumber.execve => Execute(thread, LibC.AT_FDCWD, args.A0),
            SyscallNumber.execveat => Execute(thread, (int)args.A0, args.A1),
            SyscallNumber.getcwd => CurrentFolder(args),
            SyscallNumber.umask => Interlocked.Exchange(ref _umask, (int)args.A0 & 0x1FF),

            SyscallNumber.close => thread.Files.Close((uint)args.A0) ? 0 : -LibC.EBADF,
            SyscallNumber.close_range => CloseRange(thread, args),
            SyscallNumber.dup => Duplicate(thread, args),
            SyscallNumber.dup2 => DuplicateTo(thread, args, flags: 0, sameIsFine: true),
            SyscallNumber.dup3 => DuplicateTo(thread, args, (int)args.A2, sameIsFine: false),
            SyscallNumber.fcntl => FileControl(thread, args),
            SyscallNumber.ioctl => DeviceControl(thread, args),
            SyscallNumber.pipe => Pipe(thread, args.A0, 0),
            SyscallNumber.pipe2 => Pipe(thread, args.A0, (int)args.A1),
            SyscallNumber.eventfd => EventDescriptor(thread, args, 0),
            SyscallNumber.eventfd2 => EventDescriptor(thread, args, (int)args.A1),
            SyscallNumber.poll => Poll(thread, args),
            SyscallNumber.ppoll => MaskedPoll(thread, args),
            SyscallNumber.select => Select(thread, args),
            SyscallNumber.pselect6 => MaskedSelect(thread, args),
            SyscallNumber.epoll_create => (int)args.A0 <= 0 ? -LibC.EINVAL : EpollCreate(thread, 0),
            SyscallNumber.epoll_create1 => EpollCreate(thread, (int)args.A0),
            SyscallNumber.epoll_ctl => EpollControl(thread, args),
            SyscallNumber.epoll_wait => EpollWait(thread, args),
            SyscallNumber.epoll_pwait => EpollMaskedWait(thread, args),
            SyscallNumber.epoll_pwait2 => EpollPreciseWait(thread, args),

            SyscallNumber.mmap => MapMemory(thread, args),
            SyscallNumber.munmap => -process.Space.Unmap(args.A0, args.A1),
            SyscallNumber.mprotect => Protect(args),
            SyscallNumber.madvise => Advise(args),
            SyscallNumber.brk => (long)process.Space.Brk(args.A0),
            SyscallNumber.membarrier => Membarrier(args),

            SyscallNumber.clone => Clone(thread, args),
            SyscallNumber.clone3 => Clone3(thread, args),
            SyscallNumber.vfork => Clone(thread, new CloneArgs(CLONE_VM | CLONE_VFORK, 0, 0, 0, 0, SignalInfo.SIGCHLD)),
            SyscallNumber.exit => Exit(thread, args),
            SyscallNumber.exit_group => ExitGroup(thread, args),
            SyscallNumber.wait4 => Wait(thread, args),
            SyscallNumber.set_tid_address => SetTidAddress(thread, args),
            SyscallNumber.set_robust_list => SetRobustList(thread, args),
            SyscallNumber.get_robust_list => GetRobustList(thread, args),
            SyscallNumber.futex => Futex(thread, args),
            SyscallNumber.sched_yield => LibC.sched_yield(),
            SyscallNumber.sched_setaffinity => SetAffinity(args),
            SyscallNumber.sched_getaffinity => GetAffinity(args),
            SyscallNumber.getcpu => GetCpu(args),
            SyscallNumber.sched_getscheduler => IsKnownThread(args.A0) ? 0 : -LibC.ESRCH,
            SyscallNumber.sched_getparam => !IsKnownThread(args.A0) ? -LibC.ESRCH : WriteZeros(args.A1, sizeof(int)),
            SyscallNumber.sched_get_priority_max => PriorityBound(args, realTime: 99),
            SyscallNumber.sched_get_priority_min => PriorityBound(args, realTime: 1),
            SyscallNumber.getpid => thread.Group.Pid,
            SyscallNumber.getppid => thread.Child is null ? 0 : GuestProcess.Pid,
            SyscallNumber.getpgrp => GuestProcess.Pid,
            SyscallNumber.getpgid or SyscallNumber.getsid => args.A0 == 0 || FindGroup(args.A0) is not null ? GuestProcess.Pid : -LibC.ESRCH,
            SyscallNumber.gettid => thread.Tid,

            SyscallNumber.rt_sigaction => SignalActionCall(thread.Group.Signals, args),
            SyscallNumber.rt_sigprocmask => SignalMask(thread, args),
            SyscallNumber.rt_sigreturn => SignalReturn(thread),
            SyscallNumber.rt_sigpending => PendingSet(thread, args),
            SyscallNumber.rt_sigsuspend => SuspendFor(thread, args),
            SyscallNumber.rt_sigtimedwait => AwaitSignal(thread, args),
            SyscallNumber.pause => Pause(thread),
            SyscallNumber.sigaltstack => AlternateStack(thread, args),
            SyscallNumber.kill => KillProcess(thread, args),
            SyscallNumber.tkill => Kill(thread, process.FindThread((long)args.A0), args.A1),
            SyscallNumber.tgkill => Kill(thread, process.FindThread((long)args.A1) is { } target && (ulong)target.Group.Pid == args.A0 ? target : null, args.A2),
            SyscallNumber.alarm => Alarm(thread, args),
            SyscallNumber.setitimer => SetIntervalTimer(thread, args),
            SyscallNumber.getitimer => GetIntervalTimer(thread, args),
            SyscallNumber.timer_create => CreateTimer(thread, args),
            SyscallNumber.timer_settime => SetTimer(thread, args),
            SyscallNumber.timer_gettime => GetTimer(thread, args),
            SyscallNumber.timer_getoverrun => thread.Group.Timers[(uint)args.A0] is { } timer ? timer.Overrun : -LibC.EINVAL,
            SyscallNumber.timer_delete => DeleteTimer(thread, args),

            SyscallNumber.clock_gettime => ClockGet(args),
            SyscallNumber.clock_getres => ClockResolution(args),
            SyscallNumber.clock_nanosleep => ClockSleep(thread, args),
            SyscallNumber.nanosleep => Sleep(thread, args),
            SyscallNumber.gettimeofday => TimeOfDay(args),
            SyscallNumber.time => Time(args),

            SyscallNumber.uname => SystemName(args),
            SyscallNumber.sysinfo => SystemInfo(args),
            SyscallNumber.getrusage => Usage(args),
            SyscallNumber.prlimit64 => ResourceLimit(args),
            SyscallNumber.getrlimit => WriteLimit((uint)args.A0, args.A1),
            SyscallNumber.setrlimit => SetLimit(args),
            SyscallNumber.getuid or SyscallNumber.geteuid or SyscallNumber.getgid or SyscallNumber.getegid => 0,
            SyscallNumber.getgroups => (int)args.A0 < 0 ? -LibC.EINVAL : 0,
            SyscallNumber.getresuid or SyscallNumber.getresgid => WriteIds(args),
            SyscallNumber.arch_prctl => ArchControl(thread, args),
            SyscallNumber.prctl => ProcessControl(thread, args),
            SyscallNumber.ioperm => 0, // the TSS's I/O bitmap permits the doorbell ports already
            SyscallNumber.getrandom => Random(args),

            SyscallNumber.socket or SyscallNumber.socketpair => -LinuxErrno.EAFNOSUPPORT,
            SyscallNumber.fork or SyscallNumber.rseq => -LinuxErrno.ENOSYS,
            _ => Unknown(out unknown),
        };

        if (result != -LibC.EINTR && result != SyscallResult.RestartWithoutHandler)
        {
            thread.Signals.EndCall();
        }

        process.Syscalls.Record(thread.Tid, args.Number, result, unknown);
        thread.CurrentSyscall = -1;
        return result;
    }

    private static long Unknown(out bool unknown)
    {
        unknown = true;
        return -LibC.ENOSYS;
    }

    /// <summary>True when a call that blocks must come back: the process ended, or a signal waits.</summary>
    private bool MustReturn(GuestThread thread) => process.Ended || thread.Signals.HasDeliverable;
}
