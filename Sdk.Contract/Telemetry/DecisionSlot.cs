namespace PollScale.Telemetry;

/// <summary>
/// A place for one decision that another thread or another machine may read at any time: its sequence word is odd while it is written, and else tells which
/// record it holds. One writer; a reader that finds it changed leaves the record out.
/// </summary>
internal static class DecisionSlot
{
    /// <summary>Words of a slot: a cache line.</summary>
    public const int Words = 8;

    private const int Sequence = 0, Ticks = 1, Rate = 2, Backlog = 3, Codes = 4;

    /// <summary>Writes a record.</summary>
    /// <param name="slot">Its place, <see cref="Words"/> long.</param>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="decision">The record.</param>
    public static void Write(Span<long> slot, ulong number, in DecisionWords decision)
    {
        // Release stores keep their order: odd first, then the words, then even.
        Volatile.Write(ref slot[Sequence], (long)((number * 2) + 1));
        Volatile.Write(ref slot[Ticks], decision.Ticks);
        Volatile.Write(ref slot[Rate], decision.Rate);
        Volatile.Write(ref slot[Backlog], decision.Backlog);
        Volatile.Write(ref slot[Codes], decision.Codes);
        Volatile.Write(ref slot[Sequence], (long)((number + 1) * 2));
    }

    /// <summary>Reads a record.</summary>
    /// <returns>False where the place holds another one, or was written meanwhile.</returns>
    public static bool TryRead(Span<long> slot, ulong number, out DecisionWords decision)
    {
        long before = Volatile.Read(ref slot[Sequence]);
        decision = new DecisionWords(
            Volatile.Read(ref slot[Ticks]), Volatile.Read(ref slot[Rate]), Volatile.Read(ref slot[Backlog]), Volatile.Read(ref slot[Codes]));
        Interlocked.MemoryBarrier();
        long after = Volatile.Read(ref slot[Sequence]);
        return before == after && before == (long)((number + 1) * 2);
    }
}
