using System.Runtime.InteropServices;
using PollScale.Polling;

namespace PollScale.C.Lcores;

/// <summary>Memory of lcores' counters, which poll loops in C write.</summary>
internal static unsafe class CounterBlocks
{
    // Of a closed lcore a copy may still be polled: its memory stays until so many others have been closed.
    private const int Kept = 4096;
    private static readonly Queue<nint> s_closed = [];

    /// <summary>Takes a block, aligned to a cache line. The caller holds the table's lock.</summary>
    public static nint Take(in PollCounters first)
    {
        nint block = s_closed.Count > Kept ? s_closed.Dequeue() : (nint)NativeMemory.AlignedAlloc((nuint)sizeof(PollCounters), PollCounters.CacheLine);
        At(block) = first;
        return block;
    }

    /// <summary>Gives one back: each poll on it asks, and is told that the lcore is closed. The caller holds the table's lock.</summary>
    public static void Give(nint block)
    {
        At(block).Stop();
        s_closed.Enqueue(block);
    }

    // SAFETY: blocks are those of Take, of a whole PollCounters, and none is ever freed.
    public static ref PollCounters At(nint block) => ref *(PollCounters*)block;
}
