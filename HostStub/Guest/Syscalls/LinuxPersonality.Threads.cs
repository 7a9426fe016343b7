using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Threads, futexes, affinity.</content>
internal sealed partial class LinuxPersonality
{
    private const ulong CLONE_VM = 0x100, CLONE_SIGHAND = 0x800, CLONE_VFORK = 0x4000, CLONE_THREAD = 0x10000, CLONE_SETTLS = 0x80000,
        CLONE_PARENT_SETTID = 0x100000, CLONE_CHILD_CLEARTID = 0x200000, CLONE_CHILD_SETTID = 0x1000000;

    private long Clone(GuestThread thread, SyscallArgs args)
    {
        const ulong CSIGNAL = 0xFF;
        return Clone(thread, new CloneArgs(args.A0 & ~CSIGNAL, args.A1, args.A4, args.A2, args.A3, args.A0 & CSIGNAL));
    }

    private long Clone3(GuestThread thread, SyscallArgs args)
    {
        const ulong MinSize = 64, MaxSize = 4096;
        Span<ulong> fields = stackalloc ulong[8]; // flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls
        if (args.A1 is < MinSize or > MaxSize)
        {
            return args.A1 < MinSize ? -LibC.EINVAL : -LibC.E2BIG;
        }

        return process.Space.TryRead(args.A0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(fields))
            ? Clone(thread, new CloneArgs(fields[0], unchecked(fields[5] + fields[6]), fields[7], fields[3], fields[2], fields[4]))
            : -LibC.EFAULT;
    }

    private long Clone(GuestThread parent, CloneArgs args)
    {
        const ulong Kind = CLONE_VM | CLONE_SIGHAND | CLONE_VFORK | CLONE_THREAD, Thread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
        bool thread = (args.Flags & Thread) == Thread && args.StackTop != 0;
        if (!thread && (args.Flags & Kind) != (CLONE_VM | CLONE_VFORK))
        {
            return -LibC.ENOSYS; // a process with memory of its own needs a kernel
        }

        if (parent.Child is not null)
        {
            return -LibC.EAGAIN; // a child is one thread, without children
        }

        if (!GuestLayout.IsCanonicalUser(args.StackTop) || ((args.Flags & CLONE_SETTLS) != 0 && !GuestLayout.IsCanonicalUser(args.Tls)))
        {
            return -LibC.EINVAL;
        }

        return thread ? CreateThread(parent, args) : RunChild(parent, args);
    }

    private long CreateThread(GuestThread parent, CloneArgs args) =>
        process.TryCreateThread(parent.User.rip, args.StackTop) is { } thread ? Begin(parent, thread, args) : -LibC.EAGAIN;

    /// <summary>Lets a thread begin where its parent stands.</summary>
    private long Begin(GuestThread parent, GuestThread child, CloneArgs args)
    {
        try
        {
            SetUp(parent, child, args);
        }
        catch
        {
            process.Abandon(child);
            throw;
        }

        child.ClearChildTid = (args.Flags & CLONE_CHILD_CLEARTID) != 0 ? args.ChildTid : 0;
        if ((args.Flags & CLONE_PARENT_SETTID) != 0)
        {
            process.Space.TryWrite(args.ParentTid, child.Tid);
        }

        if ((args.Flags & CLONE_CHILD_SETTID) != 0)
        {
            process.Space.TryWrite(args.ChildTid, child.Tid);
        }

        int tid = child.Tid;
        process.Run(child);
        return tid;
    }

    // A thread's MXCSR and x87 control word begin at their defaults, not at the parent's values: no runtime known here changes them.
    private static void SetUp(GuestThread parent, GuestThread child, CloneArgs args)
    {
        child.User = parent.User;
        child.User.rax = 0;
        child.User.rsp = args.StackTop;
        child.Vcpu.Regs = child.User;
        child.Vcpu.SetRegsDirty();
        child.Signals.Blocked = parent.Signals.Blocked;
        if ((args.Flags & CLONE_SETTLS) != 0)
        {
            CpuSetup.SetFsBase(child.Vcpu, args.Tls);
        }

        if (child.Child is not null)
        {
            Inherit(parent, child, args);
        }
    }

    private static long SetTidAddress(GuestThread thread, SyscallArgs args)
    {
        thread.ClearChildTid = args.A0;
        return thread.Tid;
    }

    private void Wake(ulong address)
    {
        const int FUTEX_WAKE = 1;
        if (process.Space.FutexAddress(address) is var word and not 0)
        {
            HostClock.Futex(word, FUTEX_WAKE, int.MaxValue, 0, 0, 0);
        }
    }

    private long Futex(GuestThread thread, SyscallArgs args)
    {
        const int FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4, FUTEX_WAKE_OP = 5, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10;
        const int CommandMask = 0x7F;
        int operation = (int)args.A1 & CommandMask;
        nint word = process.Space.FutexAddress(args.A0);
        if (word == 0)
        {
            return args.A0 % 4 != 0 ? -LibC.EINVAL : -LibC.EFAULT;
        }

        switch (operation)
        {
            case FUTEX_WAIT:
                return FutexWait(thread, args, word, uint.MaxValue, absolute: false);
            case FUTEX_WAIT_BITSET:
                return (uint)args.A5 == 0 ? -LibC.EINVAL : FutexWait(thread, args, word, (uint)args.A5, absolute: true);
            case FUTEX_WAKE:
                return HostClock.Futex(word, operation, (uint)args.A2, 0, 0, 0);
            case FUTEX_WAKE_BITSET:
                return HostClock.Futex(word, operation, (uint)args.A2, 0, 0, (uint)args.A5);
            case FUTEX_REQUEUE or FUTEX_CMP_REQUEUE or FUTEX_WAKE_OP:
                nint second = process.Space.FutexAddress(args.A4);
                return second == 0 ? -LibC.EFAULT : HostClock.Futex(word, operation, (uint)args.A2, (uint)args.A3, second, (uint)args.A5);
            default:
                return -LibC.ENOSYS;
        }
    }

    private long FutexWait(GuestThread thread, SyscallArgs args, nint word, uint bitset, bool absolute)
    {
        const int FUTEX_CLOCK_REALTIME = 256;
        long deadline = long.MaxValue;
        if (args.A3 != 0)
        {
            if (!process.Space.TryRead(args.A3, out timespec time))
            {
                return -LibC.EFAULT;
            }

            if (!TryNanoseconds(time, out long ns))
            {
                return -LibC.EINVAL;
            }

            if (absolute && ((int)args.A1 & FUTEX_CLOCK_REALTIME) != 0)
            {
                ns -= HostClock.TryGet(LibC.CLOCK_REALTIME, out timespec now) && TryNanoseconds(now, out long nowNs) ? nowNs : 0;
                absolute = false;
            }

            deadline = absolute ? ns : SaturatingAdd(HostClock.MonotonicNs, ns);
        }

        // Slices bound the time by which a kick that arrives just before the wait could be missed.
        const long SliceNs = 50_000_000;
        while (true)
        {
            long left = deadline == long.MaxValue ? SliceNs : deadline - HostClock.MonotonicNs;
            int errno = left <= 0 ? LibC.ETIMEDOUT : HostClock.FutexWait(word, (uint)args.A2, bitset, Math.Min(left, SliceNs));
            if (errno is 0 or LibC.EAGAIN)
            {
                return -errno;
            }

            if (errno == LibC.ETIMEDOUT && deadline != long.MaxValue && HostClock.MonotonicNs >= deadline)
            {
                return -LibC.ETIMEDOUT;
            }

            if (MustReturn(thread))
            {
                return deadline == long.MaxValue ? SyscallResult.Restart : -LibC.EINTR;
            }

            if (errno is not (LibC.ETIMEDOUT or LibC.EINTR))
            {
                return -errno;
            }
        }
    }

    // The guest sees one CPU: the lcore's. Its threads are placed by the host.
    private static long SetAffinityResult(ulong mask) => (mask & 1) != 0 ? 0 : -LibC.EINVAL;

    private long SetAffinity(SyscallArgs args) =>
        args.A1 == 0 ? -LibC.EINVAL
        : !process.Space.TryRead(args.A2, out byte mask) ? -LibC.EFAULT
        : SetAffinityResult(mask);

    private long GetAffinity(SyscallArgs args) =>
        args.A1 < sizeof(ulong) ? -LibC.EINVAL : process.Space.TryWrite(args.A2, 1UL) ? sizeof(ulong) : -LibC.EFAULT;

    private long GetCpu(SyscallArgs args) =>
        (args.A0 == 0 || process.Space.TryWrite(args.A0, 0u)) && (args.A1 == 0 || process.Space.TryWrite(args.A1, 0u)) ? 0 : -LibC.EFAULT;
}
