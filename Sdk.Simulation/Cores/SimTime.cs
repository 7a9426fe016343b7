namespace PollScale.Simulation.Cores;

/// <summary>
/// Simulated time is a <see cref="long"/> count of picoseconds since the start of a run: sums are exact, so the same seed gives the
/// same result to the bit, and 100 days fit.
/// </summary>
public static class SimTime
{
    /// <summary>A nanosecond.</summary>
    public const long Nanosecond = 1_000;

    /// <summary>A microsecond.</summary>
    public const long Microsecond = 1_000_000;

    /// <summary>A millisecond.</summary>
    public const long Millisecond = 1_000_000_000;

    /// <summary>A second.</summary>
    public const long Second = 1_000_000_000_000;

    /// <summary>Frequency, in kHz, of the simulated TSC: governors see a tick a nanosecond.</summary>
    public const uint TscKHz = 1_000_000;

    /// <summary>Ticks of the simulated TSC.</summary>
    public static ulong ToTicks(long time) => (ulong)(time / Nanosecond);

    /// <summary>Time of ticks of the simulated TSC.</summary>
    internal static long FromTicks(ulong ticks) => (long)ticks * Nanosecond;

    /// <summary>A span as simulated time.</summary>
    public static long From(TimeSpan span) => span.Ticks * (Second / TimeSpan.TicksPerSecond);

    /// <summary>Simulated time as a span, rounded up to 100 ns.</summary>
    internal static TimeSpan ToSpan(long time) => TimeSpan.FromTicks((time + (Second / TimeSpan.TicksPerSecond) - 1) / (Second / TimeSpan.TicksPerSecond));

    /// <summary>Seconds.</summary>
    public static double ToSeconds(long time) => time / (double)Second;
}
