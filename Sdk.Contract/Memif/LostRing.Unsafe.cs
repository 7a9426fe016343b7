using System.Runtime.InteropServices;

namespace PollScale.Memif;

/// <summary>Indices for the queues of a link that is gone, in memory that never goes: who still has a queue finds nothing and sends nothing.</summary>
// SAFETY: two indices on cache lines of their own, never freed; a queue that is closed reads the first and writes the second.
internal static unsafe class LostRing
{
    private const int Line = 64;
    private static readonly byte* s_memory = (byte*)NativeMemory.AllocZeroed(2 * Line);

    /// <summary>Always 0.</summary>
    public static ushort* Read => (ushort*)s_memory;

    /// <summary>Read by nobody.</summary>
    public static ushort* Written => (ushort*)(s_memory + Line);
}
