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
    /// <returns>Time left, ns: 0 unless a signal ended it.</returns>
    public static long Sleep(long ns)
    {
        timespec time = new() { tv_sec = ns / NsPerSecond, tv_nsec = ns % NsPerSecond }, rest = default;
        return LibC.clock_nanosleep(LibC.CLOCK_MONOTONIC, 0, &time, &rest) == 0 ? 0 : Math.Max(1, (rest.tv_sec * NsPerSecond) + rest.tv_nsec);
    }

    /// <summary>Waits while a word of this process has a value, for at most <paramref name="ns"/>, or until a signal.</summary>
    public static void WaitWord(nint word, uint value, long ns)
    {
        const int FUTEX_WAIT_PRIVATE = 128;
        timespec time = new() { tv_sec = ns / NsPerSecond, tv_nsec = ns % NsPerSecond };

        // SAFETY: the kernel only compares the word, and reads the time during the call.
        LibC.syscall(LibC.SYS_futex, word, FUTEX_WAIT_PRIVATE, (nint)value, (nint)(&time), 0, 0);
    }

    /// <summary>Wakes every thread that waits on a word of this process.</summary>
    public static void WakeAll(nint word)
    {
        const int FUTEX_WAKE_PRIVATE = 1 | 128;
        LibC.syscall(LibC.SYS_futex, word, FUTEX_WAKE_PRIVATE, int.MaxValue, 0, 0, 0);
    }
}
