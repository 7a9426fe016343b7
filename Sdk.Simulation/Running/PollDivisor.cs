using System.Runtime.CompilerServices;

namespace PollScale.Simulation.Running;

/// <summary>Empty polls of one length that follow each other, counted without a division.</summary>
/// <remarks>
/// A run of them lies between any two events, and all that follows waits for its length: a division, or a detour by floating point, would take longer than all else in it.
/// (time - 1) * ceil(2^64 / length) / 2^64 is the quotient exactly while the time is at most 2^64 / length (Granlund and Montgomery, "Division by
/// invariant integers using multiplication", PLDI 1994); 42 ns gives 7 minutes.
/// </remarks>
internal readonly struct PollDivisor
{
    private readonly ulong _reciprocal;
    private readonly ulong _longest;

    /// <param name="time">Length of a poll, ps, above 0.</param>
    public PollDivisor(long time)
    {
        Time = time;
        ulong quotient = ulong.MaxValue / (ulong)time;
        (_reciprocal, _longest) = time > 1 ? (quotient + 1, quotient) : (0, 0);
    }

    /// <summary>Length of a poll, ps.</summary>
    public long Time { get; }

    /// <summary>Least number of polls, 1 or more, that take at least a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Covering(long time)
    {
        ulong before = (ulong)Math.Max(time, 1) - 1;
        return 1 + (before <= _longest ? (long)Math.BigMul(before, _reciprocal, out _) : (long)(before / (ulong)Time));
    }
}
