using System.Runtime.CompilerServices;

namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>The first twelve bytes of an Ethernet header for each next hop: its MAC, then ours. All are locally administered.</summary>
// SAFETY: writes the twelve bytes of addresses of a frame that was parsed as Ethernet before.
internal static unsafe class NextHopTable
{
    // Little-endian 02:00:00:00:01:NN and the first two bytes of 02:00:00:00:00:01; then the rest of the latter.
    private const ulong Low = 0x0002_0001_0000_0002;
    private const uint High = 0x0100_0000;

    /// <summary>Addresses a frame of at least 12 bytes to a next hop, 0 .. 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rewrite(byte* frame, int nextHop)
    {
        Unsafe.WriteUnaligned(frame, Low | ((ulong)(byte)nextHop << 40));
        Unsafe.WriteUnaligned(frame + sizeof(ulong), High);
    }
}
