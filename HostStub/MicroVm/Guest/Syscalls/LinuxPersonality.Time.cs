using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <content>Clocks and sleeping.</content>
internal sealed partial class LinuxPersonality
{
    private const long NsPerSecond = 1_000_000_000, SliceNs = 50_000_000;
    private const ulong LastStaticClock = 11;

    private static long SaturatingAdd(long a, long b) => b > 0 && a > long.MaxValue - b ? long.MaxValue : a + b;

    private static bool TryNanoseconds(timespec time, out long ns)
    {
        bool valid = time.tv_sec >= 0 && time.tv_nsec is >= 0 and < NsPerSecond;
        ns = !valid ? 0 : time.tv_sec > (long.MaxValue / NsPerSecond) - 1 ? long.MaxValue : (time.tv_sec * NsPerSecond) + time.tv_nsec;
        return valid;
    }

    private long ClockGet(SyscallArgs args)
    {
        return args.A0 > LastStaticClock || !HostClock.TryGet((int)args.A0, out timespec time) ? -LibC.EINVAL
            : process.Space.TryWrite(args.A1, time) ? 0 : -LibC.EFAULT;
    }

    private long ClockResolution(SyscallArgs args) =>
        args.A0 > LastStaticClock || !HostClock.TryGet((int)args.A0, out _) ? -LibC.EINVAL : WriteTime(args.A1, 0, 1);

    private long WriteTime(ulong address, long seconds, long nanoseconds) =>
        address == 0 || process.Space.TryWrite(address, new timespec { tv_sec = seconds, tv_nsec = nanoseconds }) ? 0 : -LibC.EFAULT;

    private long TimeOfDay(SyscallArgs args)
    {
        HostClock.TryGet(LibC.CLOCK_REALTIME, out timespec now);
        return args.A0 == 0 || process.Space.TryWrite(args.A0, (now.tv_sec, now.tv_nsec / 1000)) ? 0 : -LibC.EFAULT;
    }

    private long Time(SyscallArgs args)
    {
        HostClock.TryGet(LibC.CLOCK_REALTIME, out timespec now);
        return args.A0 == 0 || process.Space.TryWrite(args.A0, now.tv_sec) ? now.tv_sec : -LibC.EFAULT;
    }

    private long Sleep(GuestThread thread, SyscallArgs args) =>
        !process.Space.TryRead(args.A0, out timespec time) ? -LibC.EFAULT
        : !TryNanoseconds(time, out long ns) ? -LibC.EINVAL
        : SleepFor(thread, ns, args.A1);

    private long ClockSleep(GuestThread thread, SyscallArgs args)
    {
        const ulong TIMER_ABSTIME = 1;
        if (!process.Space.TryRead(args.A2, out timespec time))
        {
            return -LibC.EFAULT;
        }

        if (args.A0 is not (LibC.CLOCK_REALTIME or LibC.CLOCK_MONOTONIC) || !TryNanoseconds(time, out long ns))
        {
            return -LibC.EINVAL;
        }

        if (args.A1 != TIMER_ABSTIME)
        {
            return SleepFor(thread, ns, args.A3);
        }

        ns -= HostClock.TryGet((int)args.A0, out timespec now) && TryNanoseconds(now, out long nowNs) ? nowNs : 0;
        return SleepFor(thread, ns, restAddress: 0);
    }

    /// <param name="thread">The thread.</param>
    /// <param name="ns">How long; <see cref="long.MaxValue"/> for ever.</param>
    /// <param name="restAddress">Where the guest wants the time left when a signal ends the sleep, or 0.</param>
    private long SleepFor(GuestThread thread, long ns, ulong restAddress)
    {
        // A short sleep says itself what is left, which takes no look at the clock; the slices of a long one would add up how late each ends.
        long until = ns > SliceNs ? SaturatingAdd(HostClock.MonotonicNs, ns) : 0;
        for (long left = ns; left > 0;)
        {
            if (MustReturn(thread))
            {
                timespec rest = new() { tv_sec = left / NsPerSecond, tv_nsec = left % NsPerSecond };
                return restAddress == 0 || process.Space.TryWrite(restAddress, rest) ? -LibC.EINTR : -LibC.EFAULT;
            }

            long unslept = HostClock.Sleep(Math.Min(left, SliceNs));
            left = until > 0 ? until - HostClock.MonotonicNs : unslept;
        }

        return 0;
    }
}
