using PollScale.HostStub.Guest.Signals;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Timers that send signals.</content>
internal sealed partial class LinuxPersonality
{
    private const long NsPerUs = 1000, UsPerSecond = 1_000_000;
    private const ulong ITIMER_REAL = 0;

    // Linux never answers 0 for an alarm that was set.
    private long Alarm(GuestThread thread, SyscallArgs args)
    {
        long seconds = Math.Min((uint)args.A0, int.MaxValue);
        (long left, _) = process.Timers.Set(thread.Group.RealTimer, seconds == 0 ? 0 : HostClock.MonotonicNs + (seconds * NsPerSecond), 0);
        return left == 0 ? 0 : Math.Max(1, (left + (NsPerSecond / 2)) / NsPerSecond);
    }

    private long SetIntervalTimer(GuestThread thread, SyscallArgs args)
    {
        (timeval Interval, timeval Value) wanted = default;
        if (args.A1 != 0 && !process.Space.TryRead(args.A1, out wanted))
        {
            return -LibC.EFAULT;
        }

        if ((uint)args.A0 != ITIMER_REAL || !TryNanoseconds(wanted.Interval, out long interval) || !TryNanoseconds(wanted.Value, out long value))
        {
            return -LibC.EINVAL;
        }

        long due = value == 0 ? 0 : SaturatingAdd(HostClock.MonotonicNs, value);
        (long left, long oldInterval) = process.Timers.Set(thread.Group.RealTimer, due, interval);
        return args.A2 == 0 ? 0 : WriteIntervalTimer(args.A2, left, oldInterval);
    }

    private long GetIntervalTimer(GuestThread thread, SyscallArgs args)
    {
        (long left, long interval) = process.Timers.Get(thread.Group.RealTimer);
        return (uint)args.A0 != ITIMER_REAL ? -LibC.EINVAL : WriteIntervalTimer(args.A1, left, interval);
    }

    private long WriteIntervalTimer(ulong address, long left, long interval)
    {
        // What is left must not read as disarmed.
        long us = left == 0 ? 0 : Math.Max(1, left / NsPerUs);
        return process.Space.TryWrite(address, (interval / NsPerSecond, interval % NsPerSecond / NsPerUs, us / UsPerSecond, us % UsPerSecond)) ? 0 : -LibC.EFAULT;
    }

    private static bool TryNanoseconds(timeval time, out long ns)
    {
        ns = 0;
        return time.tv_usec is >= 0 and < UsPerSecond && TryNanoseconds(new timespec { tv_sec = time.tv_sec, tv_nsec = time.tv_usec * NsPerUs }, out ns);
    }

    private long CreateTimer(GuestThread thread, SyscallArgs args)
    {
        const int CLOCK_BOOTTIME = 7;
        const int SIGEV_SIGNAL = 0, SIGEV_NONE = 1, SIGEV_THREAD_ID = 4;
        if ((int)args.A0 is not (LibC.CLOCK_REALTIME or LibC.CLOCK_MONOTONIC or CLOCK_BOOTTIME))
        {
            return -LibC.EINVAL;
        }

        // struct sigevent: value, number, way, thread id.
        (ulong Value, int Signal, int Notify, int Tid) wanted = (0, SignalInfo.SIGALRM, SIGEV_SIGNAL, 0);
        if (args.A1 != 0 && !process.Space.TryRead(args.A1, out wanted))
        {
            return -LibC.EFAULT;
        }

        bool signals = wanted.Notify is SIGEV_SIGNAL or SIGEV_THREAD_ID;
        bool oneThread = wanted.Notify == SIGEV_THREAD_ID;
        if ((!signals && wanted.Notify != SIGEV_NONE) || (signals && !SignalTable.IsValid(wanted.Signal))
            || (oneThread && process.FindThread(wanted.Tid)?.Group != thread.Group))
        {
            return -LibC.EINVAL;
        }

        GuestTimer? timer = thread.Group.Timers.Add(id => new GuestTimer(thread.Group, signals ? wanted.Signal : 0, id)
        {
            IsPosix = true,
            Clock = (int)args.A0,
            Tid = oneThread ? wanted.Tid : 0,
            Value = args.A1 == 0 ? (ulong)id : wanted.Value,
        });
        if (timer is null)
        {
            return -LibC.EAGAIN;
        }

        if (process.Space.TryWrite(args.A2, timer.Id))
        {
            return 0;
        }

        thread.Group.Timers.Remove(timer.Id);
        return -LibC.EFAULT;
    }

    private long SetTimer(GuestThread thread, SyscallArgs args)
    {
        const int TIMER_ABSTIME = 1;
        if (args.A2 == 0)
        {
            return -LibC.EINVAL;
        }

        if (!process.Space.TryRead(args.A2, out (timespec Interval, timespec Value) wanted))
        {
            return -LibC.EFAULT;
        }

        if (!TryNanoseconds(wanted.Interval, out long interval) || !TryNanoseconds(wanted.Value, out long value)
            || thread.Group.Timers[(uint)args.A0] is not { } timer)
        {
            return -LibC.EINVAL;
        }

        // A step of the clock does not move a timer that is set by then.
        long from = ((int)args.A1 & TIMER_ABSTIME) == 0 ? 0
            : HostClock.TryGet(timer.Clock, out timespec now) && TryNanoseconds(now, out long nowNs) ? nowNs : 0;
        long due = value == 0 ? 0 : Math.Max(1, SaturatingAdd(HostClock.MonotonicNs, value - from));
        (long left, long oldInterval) = process.Timers.Set(timer, due, interval);
        return args.A3 == 0 ? 0 : WriteTimer(args.A3, left, oldInterval);
    }

    private long GetTimer(GuestThread thread, SyscallArgs args)
    {
        if (thread.Group.Timers[(uint)args.A0] is not { } timer)
        {
            return -LibC.EINVAL;
        }

        (long left, long interval) = process.Timers.Get(timer);
        return WriteTimer(args.A1, left, interval);
    }

    private long WriteTimer(ulong address, long left, long interval) =>
        process.Space.TryWrite(address, (interval / NsPerSecond, interval % NsPerSecond, left / NsPerSecond, left % NsPerSecond)) ? 0 : -LibC.EFAULT;

    private long DeleteTimer(GuestThread thread, SyscallArgs args)
    {
        if (thread.Group.Timers[(uint)args.A0] is not { } timer)
        {
            return -LibC.EINVAL;
        }

        process.Timers.Set(timer, 0, 0);
        thread.Group.Timers.Remove(timer.Id);
        return 0;
    }
}
