using PollScale.HostStub.Guest.Files;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Threads, futexes, affinity.</content>
internal sealed partial class LinuxPersonality
{
    private const ulong CLONE_VM = 0x100, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800, CLONE_VFORK = 0x4000, CLONE_THREAD = 0x10000, CLONE_SETTLS = 0x80000,
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
        process.TryCreateThread(parent.User.rip, args.StackTop, FilesOf(parent, args)) is { } thread ? Begin(parent, thread, args) : -LibC.EAGAIN;

    private static FileTable FilesOf(GuestThread parent, CloneArgs args) => (args.Flags & CLONE_FILES) != 0 ? parent.Files.Share() : parent.Files.Copy();

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

    private bool IsKnownThread(ulong tid) => tid == 0 || process.FindThread((long)tid) is not null;

    // SCHED_OTHER, SCHED_BATCH, SCHED_IDLE and SCHED_DEADLINE have one priority, the two of real time 99.
    private static long PriorityBound(SyscallArgs args, int realTime)
    {
        const int SCHED_FIFO = 1, SCHED_RR = 2, SCHED_DEADLINE = 6;
        return (int)args.A0 switch
        {
            SCHED_FIFO or SCHED_RR => realTime,
            0 or 3 or 5 or SCHED_DEADLINE => 0,
            _ => -LibC.EINVAL,
        };
    }

    private ThreadGroup? FindGroup(ulong pid) => pid == GuestProcess.Pid ? process.Program : pid > int.MaxValue ? null : process.FindThread((long)pid)?.Child;
}
