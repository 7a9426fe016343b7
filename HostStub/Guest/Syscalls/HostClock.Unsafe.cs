using PollScale.Native;

namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>The host's clocks, on behalf of a guest thread.</summary>
internal static unsafe class HostClock
{
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>clock_gettime.</summary>
    /// <returns>False when the host does not know the clock.</returns>
    public static bool TryGet(int clock, out timespec time)
    {
        timespec value;
        bool known = LibC.clock_gettime(clock, &value) == 0;
        time = known ? value : default;
        return known;
    }

    /// <summary>CLOCK_MONOTONIC in ns.</summary>
    public static long MonotonicNs => TryGet(LibC.CLOCK_MONOTONIC, out timespec now) ? (now.tv_sec * NsPerSecond) + now.tv_nsec : 0;

    /// <summary>Sleeps, or returns early at a signal.</summary>
    public static void Sleep(long ns)
    {
        timespec time = new() { tv_sec = ns / NsPerSecond, tv_nsec = ns % NsPerSecond };
        LibC.clock_nanosleep(LibC.CLOCK_MONOTONIC, 0, &time, null);
    }

    /// <summary>Waits on a futex word for at most <paramref name="ns"/>, or until a signal.</summary>
    /// <returns>0, or the errno.</returns>
    public static int FutexWait(nint address, uint expected, uint bitset, long ns)
    {
        const int FUTEX_WAIT_BITSET_PRIVATE = 9 | 128;
        long until = MonotonicNs + ns;
        timespec deadline = new() { tv_sec = until / NsPerSecond, tv_nsec = until % NsPerSecond };
        return LibC.syscall(LibC.SYS_futex, address, FUTEX_WAIT_BITSET_PRIVATE, (nint)expected, (nint)(&deadline), 0, (nint)bitset) < 0 ? LibC.errno : 0;
    }

    /// <summary>A futex operation that does not block.</summary>
    /// <returns>Its result, or -errno.</returns>
    public static long Futex(nint address, int operation, ulong value, ulong value2, nint address2, ulong value3)
    {
        const int FUTEX_PRIVATE_FLAG = 128;
        nint result = LibC.syscall(LibC.SYS_futex, address, operation | FUTEX_PRIVATE_FLAG, (nint)value, (nint)value2, address2, (nint)value3);
        return result < 0 ? -LibC.errno : result;
    }
}
