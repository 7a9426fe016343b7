using PollScale.HostStub.Guest.Signals;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Waiting for signals.</content>
internal sealed partial class LinuxPersonality
{
    /// <summary>The mask that ppoll, pselect6 and epoll_pwait put in place while they wait; none where the address is 0.</summary>
    /// <returns>0, or the errno.</returns>
    private int BlockForCall(GuestThread thread, ulong address, ulong size)
    {
        if (address == 0)
        {
            return 0;
        }

        if (size != SignalSetSize)
        {
            return LibC.EINVAL;
        }

        if (!process.Space.TryRead(address, out ulong mask))
        {
            return LibC.EFAULT;
        }

        thread.Signals.BlockForCall(mask);
        return 0;
    }

    private long PendingSet(GuestThread thread, SyscallArgs args) => args.A1 > SignalSetSize ? -LibC.EINVAL
        : process.Space.TryWrite(args.A0, BitConverter.GetBytes(thread.Signals.Pending & thread.Signals.Blocked).AsSpan(0, (int)args.A1)) ? 0 : -LibC.EFAULT;

    private long SuspendFor(GuestThread thread, SyscallArgs args)
    {
        int error = args.A1 != SignalSetSize ? LibC.EINVAL : args.A0 == 0 ? LibC.EFAULT : BlockForCall(thread, args.A0, args.A1);
        return error != 0 ? -error : Pause(thread);
    }

    private long Pause(GuestThread thread) =>
        Await(thread, long.MaxValue, () => SyscallResult.Blocked, atDeadline: 0, interrupted: SyscallResult.RestartWithoutHandler);

    private long AwaitSignal(GuestThread thread, SyscallArgs args)
    {
        if (args.A3 != SignalSetSize)
        {
            return -LibC.EINVAL;
        }

        if (!process.Space.TryRead(args.A0, out ulong set))
        {
            return -LibC.EFAULT;
        }

        int error = ReadTimeout(args.A2, out long deadline);
        if (error != 0)
        {
            return -error;
        }

        ThreadSignals signals = thread.Signals;
        SignalInfo taken = default;
        signals.Awaited = set & ~ThreadSignals.Unblockable;
        long result = Await(thread, deadline, () => signals.TryTake(signals.Awaited, out taken) ? taken.Number : SyscallResult.Blocked,
            atDeadline: -LibC.EAGAIN, interrupted: -LibC.EINTR);
        signals.Awaited = 0;
        return result <= 0 || args.A1 == 0 || process.Space.TryWrite(args.A1, siginfo.From(taken)) ? result : -LibC.EFAULT;
    }
}
