using System.Diagnostics;

namespace PollScale.HostStub.Daemon;

/// <summary>A moment on the clock <see cref="Now"/>, or never. A wait that leaves the clock's range is never; no sum of a moment and a wait overflows.</summary>
internal readonly record struct Deadline
{
    private readonly long _ms;

    private Deadline(long ms) => _ms = ms;

    /// <summary>It does not come.</summary>
    public static Deadline Never { get; } = new(long.MaxValue);

    /// <summary>The clock: ms since some moment before this process, never falling. Finer than <see cref="Environment.TickCount64"/>, which moves in steps of up to 10 ms.</summary>
    public static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    /// <summary>So long after a moment.</summary>
    /// <param name="nowMs">The moment.</param>
    /// <param name="waitMs">The wait in ms; one below 0 is none.</param>
    public static Deadline After(long nowMs, long waitMs) => waitMs >= long.MaxValue - Math.Max(0, nowMs) ? Never : new(nowMs + Math.Max(0, waitMs));

    /// <summary>So long after a moment; null for never. A part of a millisecond counts as a whole one.</summary>
    public static Deadline After(long nowMs, TimeSpan? wait) => wait is TimeSpan time ? After(nowMs, time.Ticks / TimeSpan.TicksPerMillisecond + (time.Ticks % TimeSpan.TicksPerMillisecond > 0 ? 1 : 0)) : Never;

    /// <summary>The first of two.</summary>
    public static Deadline First(Deadline a, Deadline b) => a._ms <= b._ms ? a : b;

    /// <summary>True once it has come.</summary>
    public bool IsDue(long nowMs) => this != Never && nowMs >= _ms;

    /// <summary>The time left, as epoll_wait takes it: 0 when it has come, -1 for never; a wait longer than an int holds ends early.</summary>
    public int Wait(long nowMs) => this == Never ? -1 : (int)Math.Clamp(_ms - nowMs, 0, int.MaxValue);
}
