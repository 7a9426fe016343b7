using PollScale.HostStub.Guest.Futexes;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Futexes.</content>
internal sealed partial class LinuxPersonality
{
    private static long SetRobustList(GuestThread thread, SyscallArgs args)
    {
        if (args.A1 != RobustList.HeadSize)
        {
            return -LibC.EINVAL;
        }

        thread.RobustList = args.A0;
        return 0;
    }

    private long GetRobustList(GuestThread thread, SyscallArgs args)
    {
        GuestThread? target = args.A0 == 0 ? thread : process.FindThread((int)args.A0);
        return target is null ? -LibC.ESRCH
            : process.Space.TryWrite(args.A2, RobustList.HeadSize) && process.Space.TryWrite(args.A1, target.RobustList) ? 0 : -LibC.EFAULT;
    }

    private long Futex(GuestThread thread, SyscallArgs args)
    {
        const int FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4, FUTEX_WAKE_OP = 5, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10;
        const int CommandMask = 0x7F;
        int operation = (int)args.A1 & CommandMask;
        if (operation is not (FUTEX_WAIT or FUTEX_WAKE or FUTEX_REQUEUE or FUTEX_CMP_REQUEUE or FUTEX_WAKE_OP or FUTEX_WAIT_BITSET or FUTEX_WAKE_BITSET))
        {
            return -LibC.ENOSYS;
        }

        bool bits = operation is FUTEX_WAIT_BITSET or FUTEX_WAKE_BITSET;
        if (bits && (uint)args.A5 == 0)
        {
            return -LibC.EINVAL;
        }

        bool two = operation is FUTEX_REQUEUE or FUTEX_CMP_REQUEUE or FUTEX_WAKE_OP;
        int error = CheckFutex(args.A0, args.A1);
        error = error == 0 && two ? CheckFutex(args.A4, args.A1) : error;
        if (error != 0)
        {
            return -error;
        }

        return operation switch
        {
            FUTEX_WAIT => FutexWait(thread, args, uint.MaxValue, absolute: false),
            FUTEX_WAIT_BITSET => FutexWait(thread, args, (uint)args.A5, absolute: true),
            FUTEX_WAKE => process.Futexes.Wake(args.A0, (int)args.A2),
            FUTEX_WAKE_BITSET => process.Futexes.Wake(args.A0, (int)args.A2, (uint)args.A5),
            FUTEX_WAKE_OP => process.Futexes.WakeOperation(args.A0, (int)args.A2, args.A4, (int)args.A3, (uint)args.A5),
            _ => process.Futexes.Requeue(args.A0, (int)args.A2, args.A4, (int)args.A3, operation == FUTEX_CMP_REQUEUE ? (uint)args.A5 : null),
        };
    }

    // A private futex may lie where nothing is mapped, as long as nobody looks at its word; the key of another is what is mapped there.
    private int CheckFutex(ulong address, ulong operation)
    {
        const ulong FUTEX_PRIVATE_FLAG = 128;
        return address % sizeof(uint) != 0 ? LibC.EINVAL
            : !GuestLayout.IsCanonicalUser(address) ? LibC.EFAULT
            : (operation & FUTEX_PRIVATE_FLAG) == 0 && !process.Space.TryRead(address, out uint _) ? LibC.EFAULT : 0;
    }

    private long FutexWait(GuestThread thread, SyscallArgs args, uint bitset, bool absolute)
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

        FutexWaiter waiter = thread.Waiter;
        long error = process.Futexes.Begin(waiter, args.A0, (uint)args.A2, bitset);
        if (error != 0)
        {
            return error;
        }

        while (!waiter.IsWoken)
        {
            long left = deadline == long.MaxValue ? SliceNs : deadline - HostClock.MonotonicNs;
            if (left <= 0)
            {
                return process.Futexes.Cancel(waiter) ? -LibC.ETIMEDOUT : 0;
            }

            if (MustReturn(thread))
            {
                return !process.Futexes.Cancel(waiter) ? 0 : deadline == long.MaxValue ? SyscallResult.Restart : -LibC.EINTR;
            }

            waiter.Block(Math.Min(left, SliceNs));
        }

        return 0;
    }
}
