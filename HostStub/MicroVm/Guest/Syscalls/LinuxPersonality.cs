using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>
/// The Linux system calls a static program of glibc, musl, .NET NativeAOT, Rust or Go needs, answered on the guest thread's host thread.
/// Arguments are hostile: every pointer goes through the address space, every length is bounded. What is not known is ENOSYS, and counted.
/// </summary>
internal sealed partial class LinuxPersonality(GuestProcess process)
{
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
            SyscallNumber.write => Write(thread, args),
            SyscallNumber.writev => WriteVector(thread, args),
            SyscallNumber.lseek => Seek(thread, args),

            SyscallNumber.openat => Open(thread, (int)args.A0, args.A1, (int)args.A2),
            SyscallNumber.fstat => DescriptorStatus(thread, args),
            SyscallNumber.newfstatat => PathStatus(thread, (int)args.A0, args.A1, args.A2, (int)args.A3),
            SyscallNumber.readlink => ReadLink(thread, LibC.AT_FDCWD, args.A0, args.A2),

            SyscallNumber.close => thread.Files.Close((uint)args.A0) ? 0 : -LibC.EBADF,
            SyscallNumber.fcntl => FileControl(thread, args),
            SyscallNumber.ioctl => DeviceControl(thread, args),
            SyscallNumber.pipe2 => Pipe(thread, args.A0, (int)args.A1),
            SyscallNumber.poll => Poll(thread, args),

            SyscallNumber.mmap => MapMemory(thread, args),
            SyscallNumber.munmap => -process.Space.Unmap(args.A0, args.A1),
            SyscallNumber.mprotect => Protect(args),
            SyscallNumber.madvise => Advise(args),
            SyscallNumber.brk => (long)process.Space.Brk(args.A0),
            SyscallNumber.membarrier => Membarrier(args),

            SyscallNumber.clone => Clone(thread, args),
            SyscallNumber.clone3 => Clone3(thread, args),
            SyscallNumber.exit => Exit(thread, args),
            SyscallNumber.exit_group => ExitGroup(thread, args),
            SyscallNumber.wait4 => Wait(thread, args),
            SyscallNumber.set_tid_address => SetTidAddress(thread, args),
            SyscallNumber.set_robust_list => SetRobustList(thread, args),
            SyscallNumber.futex => Futex(thread, args),
            SyscallNumber.sched_yield => LibC.sched_yield(),
            SyscallNumber.sched_setaffinity => SetAffinity(args),
            SyscallNumber.sched_getaffinity => GetAffinity(args),
            SyscallNumber.getcpu => GetCpu(args),
            SyscallNumber.getpid => thread.Group.Pid,
            SyscallNumber.gettid => thread.Tid,

            SyscallNumber.rt_sigaction => SignalActionCall(thread.Group.Signals, args),
            SyscallNumber.rt_sigprocmask => SignalMask(thread, args),
            SyscallNumber.rt_sigreturn => SignalReturn(thread),
            SyscallNumber.sigaltstack => AlternateStack(thread, args),
            SyscallNumber.kill => KillProcess(thread, args),
            SyscallNumber.tkill => Kill(thread, process.FindThread((long)args.A0), args.A1),
            SyscallNumber.tgkill => Kill(thread, process.FindThread((long)args.A1) is { } target && (ulong)target.Group.Pid == args.A0 ? target : null, args.A2),
            SyscallNumber.alarm => Alarm(thread, args),

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
            SyscallNumber.setrlimit => SetLimit(args),
            SyscallNumber.getuid or SyscallNumber.geteuid or SyscallNumber.getgid or SyscallNumber.getegid => 0,
            SyscallNumber.arch_prctl => ArchControl(thread, args),
            SyscallNumber.prctl => ProcessControl(thread, args),
            SyscallNumber.ioperm => 0, // the TSS's I/O bitmap permits the doorbell ports already
            SyscallNumber.getrandom => Random(args),

            SyscallNumber.fork or SyscallNumber.rseq or SyscallNumber.statfs or SyscallNumber.get_mempolicy => -LinuxErrno.ENOSYS,
            _ => HandleSeldom(thread, args, out unknown),
        };

        if (result != -LibC.EINTR && result != SyscallResult.RestartWithoutHandler)
        {
            thread.Signals.EndCall();
        }

        process.Syscalls.Record(thread.Tid, args.Number, result, unknown);
        thread.CurrentSyscall = -1;
        return result;
    }

    /// <summary>True when a call that blocks must come back: the process ended, or a signal waits.</summary>
    private bool MustReturn(GuestThread thread) => process.Ended || thread.Signals.HasDeliverable;
}
