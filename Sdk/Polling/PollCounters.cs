using System.Runtime.InteropServices;

namespace PollScale.Polling;

/// <summary>
/// Running counts of one lcore's polls, alone on their cache lines: one thread writes them with plain stores, any may read them.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 3 * CacheLine)]
public struct PollCounters
{
    internal const int CacheLine = 64;

    /// <summary>Polls that returned nothing.</summary>
    [FieldOffset(CacheLine)]
    public ulong EmptyPolls;

    /// <summary>Polls that returned at least one packet.</summary>
    [FieldOffset(CacheLine + 8)]
    public ulong BusyPolls;

    /// <summary>Polls that returned a full burst.</summary>
    [FieldOffset(CacheLine + 16)]
    public ulong FullPolls;

    /// <summary>Packets received.</summary>
    [FieldOffset(CacheLine + 24)]
    public ulong Received;

    // The scaler's per-poll state shares the line that every poll writes anyway.
    [FieldOffset(CacheLine + 32)]
    internal long Credit;

    [FieldOffset(CacheLine + 40)]
    internal long PollTicks;

    [FieldOffset(CacheLine + 48)]
    internal long PacketTicks;

    [FieldOffset(CacheLine + 56)]
    internal int EscalateAt;

    [FieldOffset(CacheLine + 60)]
    internal int BurstSize;

    /// <summary>All polls.</summary>
    public readonly ulong Polls => EmptyPolls + BusyPolls;
}
