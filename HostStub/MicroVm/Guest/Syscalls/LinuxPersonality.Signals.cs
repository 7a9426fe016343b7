using PollScale.HostStub.Guest.Signals;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Signals.</content>
internal sealed partial class LinuxPersonality
{
    private const ulong SignalSetSize = 8;

    private long SignalActionCall(SignalTable table, SyscallArgs args)
    {
        if (!SignalTable.IsValid((long)args.A0) || args.A3 != SignalSetSize)
        {
            return -LibC.EINVAL;
        }

        int number = (int)args.A0;
        SignalAction old = table[number];
        if (args.A1 != 0)
        {
            if (!process.Space.TryRead(args.A1, out SignalAction action))
            {
                return -LibC.EFAULT;
            }

            if (number is SignalInfo.SIGKILL or SignalInfo.SIGSTOP)
            {
                return -LibC.EINVAL;
            }

            table[number] = action;
        }

        return args.A2 == 0 || process.Space.TryWrite(args.A2, old) ? 0 : -LibC.EFAULT;
    }

    private long SignalMask(GuestThread thread, SyscallArgs args)
    {
        const ulong SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2;
        ulong old = thread.Signals.Blocked;
        if (args.A3 != SignalSetSize)
        {
            return -LibC.EINVAL;
        }

        if (args.A1 != 0)
        {
            if (!process.Space.TryRead(args.A1, out ulong set))
            {
                return -LibC.EFAULT;
            }

            switch (args.A0)
            {
                case SIG_BLOCK:
                    thread.Signals.Blocked = old | set;
                    break;
                case SIG_UNBLOCK:
                    thread.Signals.Blocked = old & ~set;
                    break;
                case SIG_SETMASK:
                    thread.Signals.Blocked = set;
                    break;
                default:
                    return -LibC.EINVAL;
            }
        }

        return args.A2 == 0 || process.Space.TryWrite(args.A2, old) ? 0 : -LibC.EFAULT;
    }

    private long SignalReturn(GuestThread thread) =>
        SignalDelivery.TryReturn(thread, process.Space) ? SyscallResult.NoResult : SyscallResult.NoFrame;

    private long AlternateStack(GuestThread thread, SyscallArgs args)
    {
        const ulong MinSize = 2048;
        SignalStack old = thread.Signals.AlternateStack;
        bool inUse = old.Contains(thread.User.rsp);
        if (args.A0 != 0)
        {
            if (!process.Space.TryRead(args.A0, out SignalStack stack))
            {
                return -LibC.EFAULT;
            }

            if (inUse)
            {
                return -LibC.EPERM;
            }

            if ((stack.Flags & SignalStack.SS_DISABLE) == 0 && stack.Size < MinSize)
            {
                return -LibC.ENOMEM;
            }

            thread.Signals.AlternateStack = stack with { Flags = stack.Flags & SignalStack.SS_DISABLE };
        }

        SignalStack shown = old with { Flags = old.Flags | (inUse ? SignalStack.SS_ONSTACK : 0) };
        return args.A1 == 0 || process.Space.TryWrite(args.A1, shown) ? 0 : -LibC.EFAULT;
    }

    // There are no process groups: 0 is the caller's own process. A child that nobody waited for takes signals, to no effect.
    private long KillProcess(GuestThread sender, SyscallArgs args)
    {
        if (args.A0 <= int.MaxValue && process.Children.IsUnreaped((int)args.A0) && IsSendable(args.A1))
        {
            return 0;
        }

        ThreadGroup? group = args.A0 == 0 ? sender.Group : FindGroup(args.A0);
        if (!IsSendable(args.A1))
        {
            return -LibC.EINVAL;
        }

        if (group is null || !process.IsAlive(group))
        {
            return -LibC.ESRCH;
        }

        if (args.A1 != 0)
        {
            process.Send(group, new SignalInfo((int)args.A1, SignalInfo.SI_USER, Sender: sender.Group.Pid));
        }

        return 0;
    }

    private static bool IsSendable(ulong number) => number == 0 || SignalTable.IsValid((long)number);

    private static long Kill(GuestThread sender, GuestThread? target, ulong number)
    {
        if (!IsSendable(number))
        {
            return -LibC.EINVAL;
        }

        if (target is null)
        {
            return -LibC.ESRCH;
        }

        if (number != 0)
        {
            target.Send(new SignalInfo((int)number, SignalInfo.SI_TKILL, Sender: sender.Group.Pid));
        }

        return 0;
    }
}
