using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>
/// The Linux system calls a static .NET NativeAOT or glibc program needs, answered on the guest thread's host thread. Arguments are
/// hostile: every pointer goes through the address space, every length is bounded. What is not known is ENOSYS, and counted.
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
            SyscallNumber.close => process.Files.Close(args.A0) ? 0 : -LibC.EBADF,
            SyscallNumber.openat => OpenAt(args),
            SyscallNumber.fstat => FileStatus(args),
            SyscallNumber.newfstatat => -LibC.ENOENT,
            SyscallNumber.readlink => -LibC.EINVAL,
            SyscallNumber.lseek => Seek(args),
            SyscallNumber.fcntl => FileControl(args),
            SyscallNumber.ioctl => process.Files[args.A0] is null ? -LibC.EBADF : -LibC.ENOTTY,
            SyscallNumber.pipe2 => Pipe(args),
            SyscallNumber.poll => Poll(thread, args),

            SyscallNumber.mmap => MapMemory(args),
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
            SyscallNumber.set_robust_list => 0,
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
            SyscallNumber.alarm => process.Alarms.Set(thread.Group, (uint)Math.Min((uint)args.A0, int.MaxValue)),

            SyscallNumber.clock_gettime => ClockGet(args),
            SyscallNumber.clock_getres => WriteTime(args.A1, 0, 1),
            SyscallNumber.clock_nanosleep => ClockSleep(thread, args),
            SyscallNumber.nanosleep => Sleep(thread, args),
            SyscallNumber.gettimeofday => TimeOfDay(args),
            SyscallNumber.time => Time(args),

            SyscallNumber.uname => SystemName(args),
            SyscallNumber.sysinfo => SystemInfo(args),
            SyscallNumber.getrusage => WriteZeros(args.A1, 144),
            SyscallNumber.prlimit64 => ResourceLimit(args),
            SyscallNumber.setrlimit => SetLimit(args),
            SyscallNumber.getuid or SyscallNumber.geteuid or SyscallNumber.getgid or SyscallNumber.getegid => 0,
            SyscallNumber.arch_prctl => ArchControl(thread, args),
            SyscallNumber.prctl => 0,
            SyscallNumber.ioperm => 0, // the TSS's I/O bitmap permits the doorbell ports already
            SyscallNumber.getrandom => Random(args),
            _ => Unknown(out unknown),
        };

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
