using System.Numerics;
using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>
/// The last decisions of one scaler. Its polling thread writes without allocation or waiting; any thread may read at any time and
/// gets whole records only.
/// </summary>
/// <remarks>
/// Each slot carries its own sequence: odd while it is written, and else telling which record it holds. A reader that finds it changed
/// leaves the record out. One writer; one trace serves one scaler.
/// </remarks>
public sealed class DecisionTrace
{
    /// <summary>Fewest records a trace keeps.</summary>
    public const int LeastCapacity = 16;

    /// <summary>Most records a trace keeps.</summary>
    public const int MostCapacity = 65536;

    private const int Sequence = 0, Ticks = 1, Rate = 2, Backlog = 3, Codes = 4;

    // A slot of 64 bytes.
    private const int SlotWords = 8;
    private readonly long[] _words;
    private readonly int _mask;
    private readonly ulong[] _byReason = new ulong[Enum.GetValues<DecisionReason>().Length];
    private ulong _written;
    private int _ringSize;
    private double _peak;

    /// <summary>Makes an empty trace.</summary>
    /// <param name="capacity">Records to keep, 16 .. 65536, rounded up to a power of two.</param>
    /// <param name="everyDecision">Record every decision, not only those at which the host is called.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is out of range.</exception>
    public DecisionTrace(int capacity = 1024, bool everyDecision = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, LeastCapacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MostCapacity);
        Capacity = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
        EveryDecision = everyDecision;
        _mask = Capacity - 1;
        _words = new long[Capacity * SlotWords];
    }

    /// <summary>Records that are kept.</summary>
    public int Capacity { get; }

    /// <summary>True when decisions without a call are recorded too.</summary>
    public bool EveryDecision { get; }

    /// <summary>Records written so far, the overwritten ones included.</summary>
    public ulong Written => Volatile.Read(ref _written);

    /// <summary>Records written so far whose governor gave a reason, the overwritten ones included. From any thread.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such reason.</exception>
    public ulong WrittenFor(DecisionReason reason)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)reason, _byReason.Length);
        return Volatile.Read(ref _byReason[(int)reason]);
    }

    /// <summary>Copies the newest records, the oldest of them first.</summary>
    /// <returns>How many were copied; fewer than there are where the writer overtook.</returns>
    public int CopyTo(Span<DecisionRecord> destination)
    {
        ulong end = Written;
        ulong length = Math.Min(end, (ulong)Math.Min(Capacity, destination.Length));
        int copied = 0;
        for (ulong number = end - length; number < end; number++)
        {
            if (TryRead(number, out DecisionRecord record))
            {
                destination[copied++] = record;
            }
        }

        return copied;
    }

    /// <summary>The records there are, the oldest first.</summary>
    public IReadOnlyList<DecisionRecord> Snapshot()
    {
        DecisionRecord[] records = new DecisionRecord[Capacity];
        int copied = CopyTo(records);
        return new ArraySegment<DecisionRecord>(records, 0, copied);
    }

    /// <summary>Says what the decisions are about, before the first one.</summary>
    internal void Begin(int ringSize, double peakPacketsPerSecond)
    {
        Volatile.Write(ref _ringSize, ringSize);
        Volatile.Write(ref _peak, peakPacketsPerSecond);
    }

    /// <summary>Writes a record; <see cref="DecisionRecord.Number"/> and what <see cref="Begin"/> tells are ignored.</summary>
    internal void Write(in DecisionRecord record)
    {
        ulong number = _written;
        Span<long> slot = Slot(number);

        // Release stores keep their order: odd first, then the words, then even.
        Volatile.Write(ref slot[Sequence], (long)((number * 2) + 1));
        Volatile.Write(ref slot[Ticks], (long)record.Ticks);
        Volatile.Write(ref slot[Rate], BitConverter.DoubleToInt64Bits(record.ArrivalsPerSecond));
        Volatile.Write(ref slot[Backlog], (long)record.Status << 32 | (uint)record.Backlog);
        Volatile.Write(ref slot[Codes], Pack(record));
        Volatile.Write(ref slot[Sequence], (long)((number + 1) * 2));
        Volatile.Write(ref _written, number + 1);
        int reason = (int)record.Reason;
        if ((uint)reason < (uint)_byReason.Length)
        {
            Volatile.Write(ref _byReason[reason], _byReason[reason] + 1);
        }
    }

    private bool TryRead(ulong number, out DecisionRecord record)
    {
        Span<long> slot = Slot(number);
        long before = Volatile.Read(ref slot[Sequence]);
        long ticks = Volatile.Read(ref slot[Ticks]);
        long rate = Volatile.Read(ref slot[Rate]);
        long backlog = Volatile.Read(ref slot[Backlog]);
        long codes = Volatile.Read(ref slot[Codes]);
        Interlocked.MemoryBarrier();
        long after = Volatile.Read(ref slot[Sequence]);
        record = new DecisionRecord
        {
            Number = number,
            Ticks = (ulong)ticks,
            ArrivalsPerSecond = BitConverter.Int64BitsToDouble(rate),
            Backlog = (int)backlog,
            Status = (FrequencyStatus)(int)(backlog >> 32),
            Before = (byte)codes,
            After = (byte)(codes >> 8),
            Wanted = (byte)(codes >> 16),
            Cause = (DecisionCause)(byte)(codes >> 24),
            Reason = (DecisionReason)(byte)(codes >> 32),
            Called = (codes >> 40 & 1) != 0,
            Posted = (codes >> 41 & 1) != 0,
            RingSize = Volatile.Read(ref _ringSize),
            PeakPacketsPerSecond = Volatile.Read(ref _peak),
        };
        return before == after && before == (long)((number + 1) * 2);
    }

    private static long Pack(in DecisionRecord record) =>
        (byte)record.Before
        | ((long)(byte)record.After << 8)
        | ((long)(byte)record.Wanted << 16)
        | ((long)record.Cause << 24)
        | ((long)record.Reason << 32)
        | (record.Called ? 1L << 40 : 0)
        | (record.Posted ? 1L << 41 : 0);

    private Span<long> Slot(ulong number) => _words.AsSpan((int)(number & (ulong)_mask) * SlotWords, SlotWords);
}
