using System.Runtime.CompilerServices;
using PollScale.HostStub.Guest.Futexes;
using PollScale.HostStub.Guest.Signals;
using PollScale.HostStub.Kvm.Abi;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Children that share the address space, and every end.</content>
internal sealed partial class LinuxPersonality
{
    /// <summary>clone with CLONE_VM | CLONE_VFORK: the calling thread stands still until the child left.</summary>
    /// <returns>The child's pid.</returns>
    private long RunChild(GuestThread parent, CloneArgs args)
    {
        const ulong CLONE_FS = 0x200, CLONE_SYSVSEM = 0x40000, CLONE_CLEAR_SIGHAND = 0x1_0000_0000, CLONE_DETACHED = 0x400000, CLONE_UNTRACED = 0x800000;
        const ulong Known = CLONE_VM | CLONE_VFORK | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_DETACHED | CLONE_UNTRACED | CLONE_CLEAR_SIGHAND
            | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
        if ((args.Flags & ~Known) != 0 || !IsSendable(args.ExitSignal))
        {
            return -LibC.EINVAL;
        }

        CloneArgs whole = args.StackTop != 0 ? args : args with { StackTop = parent.User.rsp };
        if (process.TryCreateChild(parent.User.rip, whole.StackTop, FilesOf(parent, args), (int)args.ExitSignal) is not { Child: { } child } thread)
        {
            return -LibC.EAGAIN;
        }

        if ((args.Flags & CLONE_CLEAR_SIGHAND) != 0)
        {
            child.Signals.ClearHandlers();
        }

        Begin(parent, thread, whole);
        AwaitEnd(parent, child);
        return child.Pid;
    }

    // A child goes on with its parent's code in its parent's frame: unlike a thread it needs the state a call keeps.
    private static void Inherit(GuestThread parent, GuestThread child, CloneArgs args)
    {
        byte[] xsave = new byte[Unsafe.SizeOf<kvm_xsave>()];
        parent.Vcpu.GetXsave(xsave);
        child.Vcpu.SetXsave(xsave);
        kvm_sregs sregs = parent.Vcpu.GetSregs();
        CpuSetup.SetGsBase(child.Vcpu, sregs.gs.@base);
        if ((args.Flags & CLONE_SETTLS) == 0)
        {
            CpuSetup.SetFsBase(child.Vcpu, sregs.fs.@base);
        }

        child.Signals.AlternateStack = parent.Signals.AlternateStack;
    }

    // As in Linux no signal but SIGKILL ends this wait; slices make sure that the process's end does.
    private void AwaitEnd(GuestThread parent, ChildProcess child)
    {
        const ulong Kill = 1UL << (SignalInfo.SIGKILL - 1);
        TimeSpan slice = TimeSpan.FromMilliseconds(50);
        while (!child.WaitUntilLeft(slice) && !process.Ended && (parent.Signals.Pending & Kill) == 0)
        {
        }
    }

    private static int StatusOf(SyscallArgs args) => (int)(args.A0 & 0xFF);

    private long Exit(GuestThread thread, SyscallArgs args)
    {
        thread.ExitStatus = StatusOf(args);
        Leave(thread, StatusOf(args) << 8);
        return 0;
    }

    private long ExitGroup(GuestThread thread, SyscallArgs args)
    {
        if (thread.Child is not null)
        {
            return Exit(thread, args);
        }

        process.EndExited(StatusOf(args));
        return 0;
    }

    /// <summary>A signal ends a child.</summary>
    public void Die(GuestThread child, int signal) => Leave(child, signal);

    private void Leave(GuestThread thread, int waitStatus)
    {
        if (thread.Child is { } child)
        {
            child.WaitStatus = waitStatus;
        }

        thread.Exited = true;
        RobustList.Release(process.Space, process.Futexes, thread.RobustList, thread.Tid);
        if (thread.ClearChildTid != 0 && process.Space.TryWrite(thread.ClearChildTid, 0u))
        {
            process.Futexes.Wake(thread.ClearChildTid, 1);
        }
    }

    private long Wait(GuestThread thread, SyscallArgs args)
    {
        const uint WUNTRACED = 2, WCONTINUED = 8, __WNOTHREAD = 0x2000_0000, __WALL = LibC.__WALL, __WCLONE = 0x8000_0000;
        const int RusageSize = 144;
        int pid = (int)args.A0;
        uint options = (uint)args.A2;
        if ((options & ~(LibC.WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WALL | __WCLONE)) != 0)
        {
            return -LibC.EINVAL;
        }

        // A child has no children; there is one process group, that of the program.
        if (thread.Child is not null || pid < -1)
        {
            return -LibC.ECHILD;
        }

        bool IsMeant(ChildProcess child) => (pid <= 0 || child.Pid == pid)
            && ((options & __WALL) != 0 || (child.ExitSignal != SignalInfo.SIGCHLD) == ((options & __WCLONE) != 0));

        ChildProcess? ended = null;
        long result = Await(thread, long.MaxValue, () => !process.Children.TryReap(IsMeant, out ended) ? -LibC.ECHILD
            : ended is not null ? ended.Pid
            : (options & LibC.WNOHANG) != 0 ? 0
            : SyscallResult.Blocked, atDeadline: 0, interrupted: SyscallResult.Restart);
        if (ended is null)
        {
            return result;
        }

        bool written = args.A1 == 0 || process.Space.TryWrite(args.A1, ended.WaitStatus);
        return written && (args.A3 == 0 || WriteZeros(args.A3, RusageSize) == 0) ? result : -LibC.EFAULT;
    }
}
