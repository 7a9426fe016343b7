using PollScale.Native;

namespace PollScale.Clock;

/// <summary>Counts TSC ticks against CLOCK_MONOTONIC_RAW.</summary>
// SAFETY: times lie on the stack and have the kernel's layout.
internal static unsafe class TscCalibration
{
    private const long WindowNs = 20_000_000;
    private const int Attempts = 8;

    /// <summary>Ticks per ms over 20 ms.</summary>
    public static uint Measure()
    {
        (ulong startTicks, long startNs) = ReadBoth();
        timespec window = new() { tv_nsec = WindowNs };
        _ = LibC.clock_nanosleep(LibC.CLOCK_MONOTONIC, 0, &window, null);
        (ulong ticks, long ns) = ReadBoth();
        while (ns - startNs < WindowNs)
        {
            (ticks, ns) = ReadBoth();
        }

        return (uint)UInt128.Clamp((UInt128)(ticks - startTicks) * 1_000_000 / (ulong)(ns - startNs), 1, uint.MaxValue);
    }

    // The tightest of several pairs: an interrupt between the two reads would skew the result.
    private static (ulong Ticks, long Ns) ReadBoth()
    {
        ulong tightest = ulong.MaxValue;
        (ulong, long) best = default;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ulong before = TscClock.Now;
            timespec time;
            _ = LibC.clock_gettime(LibC.CLOCK_MONOTONIC_RAW, &time);
            ulong width = TscClock.Now - before;
            if (width < tightest)
            {
                tightest = width;
                best = (before + (width / 2), (time.tv_sec * 1_000_000_000) + time.tv_nsec);
            }
        }

        return best;
    }
}
