using PollScale.Native;

namespace PollScale.Clock;

/// <summary>Sleeps of the calling thread that end when they are to.</summary>
internal static unsafe class ThreadSleep
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Takes the slack of 50 us away by which the kernel may put the thread's timers off to serve several at once (prctl(2)); of a real-time thread there is none.</summary>
    public static void TakeNoSlack() => _ = LibC.prctl(LibC.PR_SET_TIMERSLACK, 1, 0, 0, 0);

    /// <summary>Sleeps; a signal ends it early.</summary>
    /// <param name="nanoseconds">For how long, 0 or more.</param>
    public static void For(long nanoseconds)
    {
        timespec time = Time(nanoseconds);

        // SAFETY: the struct outlives the call.
        _ = LibC.clock_nanosleep(LibC.CLOCK_MONOTONIC, 0, &time, null);
    }

    /// <summary>A time as the kernel takes it.</summary>
    public static timespec Time(long nanoseconds) => new() { tv_sec = nanoseconds / NanosecondsPerSecond, tv_nsec = nanoseconds % NanosecondsPerSecond };
}
