using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PollScale.Polling;

/// <summary>
/// Running counts of one lcore's polls, alone on their cache lines: one thread writes them with plain stores, any may read them.
/// </summary>
/// <remarks>
/// A counter in memory is raised no faster than a store reaches the next load, and two of them slow each other down. So what an empty poll
/// changes since the last decision is packed into one word, which a decision unpacks; a busy poll has work that hides its counters. Subtraction and
/// test stay two statements: as one expression they compile to a load of their own, which comes too early and is replayed.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 3 * CacheLine)]
public struct PollCounters
{
    internal const int CacheLine = 64;
    private const int CreditShift = 28;
    private const long EmptyMask = (1L << CreditShift) - 1;
    private const long MaxPeriodTicks = 1L << 34;
    private const int MaxReceived = 1 << 18;

    [FieldOffset(CacheLine)]
    private ulong _emptyPolls;

    [FieldOffset(CacheLine + 8)]
    private ulong _busyPolls;

    [FieldOffset(CacheLine + 16)]
    private ulong _fullPolls;

    [FieldOffset(CacheLine + 24)]
    private ulong _received;

    // Ticks left until a decision is due << 28 | empty polls since the last.
    [FieldOffset(CacheLine + 32)]
    private long _credit;

    // An empty poll's ticks << 28, less the 1 that it adds to their count.
    [FieldOffset(CacheLine + 40)]
    private long _emptyCost;

    [FieldOffset(CacheLine + 48)]
    private ushort _packetTicks;

    [FieldOffset(CacheLine + 50)]
    private ushort _burstSize;

    [FieldOffset(CacheLine + 52)]
    internal int EscalateAt;

    // Bit n: queue n's last poll left nothing, so that another that leaves nothing changes no sum; of an only queue always.
    [FieldOffset(CacheLine + 56)]
    internal uint QuietQueues;

    /// <summary>Polls that returned nothing.</summary>
    public readonly ulong EmptyPolls => _emptyPolls + (ulong)(_credit & EmptyMask);

    /// <summary>Polls that returned at least one packet.</summary>
    public readonly ulong BusyPolls => _busyPolls;

    /// <summary>Polls that returned a full burst.</summary>
    public readonly ulong FullPolls => _fullPolls;

    /// <summary>Packets received.</summary>
    public readonly ulong Received => _received;

    /// <summary>All polls.</summary>
    public readonly ulong Polls => EmptyPolls + BusyPolls;

    /// <summary>All counts at this moment.</summary>
    internal readonly PollCounts Counts => new(Polls, EmptyPolls, FullPolls, Received);

    /// <summary>The decision period is over.</summary>
    internal readonly bool Due => _credit < 0;

    /// <summary>Sets the packets of a full burst, at most 65535.</summary>
    internal void SetBurst(int size) => _burstSize = (ushort)Math.Clamp(size, 1, ushort.MaxValue);

    /// <summary>Sets what a poll and a packet cost in ticks, 1 .. 65535.</summary>
    internal void SetCosts(double pollTicks, double packetTicks)
    {
        _emptyCost = ((long)Math.Clamp(pollTicks, 1, ushort.MaxValue) << CreditShift) - 1;
        _packetTicks = (ushort)Math.Clamp(packetTicks, 1, ushort.MaxValue);
    }

    /// <summary>Begins a decision period of so many ticks, 1 .. 2^34; the counts go on.</summary>
    internal void Renew(long ticks)
    {
        _emptyPolls = EmptyPolls;
        _credit = Math.Clamp(ticks, 1, MaxPeriodTicks) << CreditShift;
    }

    /// <summary>Makes each poll from here on one at which a decision is due.</summary>
    internal void Stop()
    {
        _credit = long.MinValue;
        _emptyCost = 0;
        _packetTicks = 0;
        EscalateAt = int.MinValue;
        QuietQueues = 0;
    }

    /// <summary>Counts a poll that returned nothing.</summary>
    /// <returns>True when the period is over.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool CountEmpty()
    {
        _credit -= _emptyCost;
        return _credit < 0;
    }

    /// <summary>Counts a poll that returned packets.</summary>
    /// <param name="received">1 or more.</param>
    /// <returns>True when the period is over.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool CountBusy(int received)
    {
        ulong counted = (uint)received;
        _busyPolls++;
        _received += counted;
        if (received >= _burstSize)
        {
            _fullPolls++;
            counted = Math.Min(counted, MaxReceived);
        }

        _credit -= (long)((counted * _packetTicks) << CreditShift);
        return _credit < 0;
    }
}
