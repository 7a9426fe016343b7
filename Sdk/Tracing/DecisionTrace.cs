using System.Numerics;
using PollScale.Telemetry;

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
        _words = new long[Capacity * DecisionSlot.Words];
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
        DecisionSlot.Write(Slot(number), number, DecisionCodes.Pack(record));
        Volatile.Write(ref _written, number + 1);
        int reason = (int)record.Reason;
        if ((uint)reason < (uint)_byReason.Length)
        {
            Volatile.Write(ref _byReason[reason], _byReason[reason] + 1);
        }
    }

    private bool TryRead(ulong number, out DecisionRecord record)
    {
        bool whole = DecisionSlot.TryRead(Slot(number), number, out DecisionWords words);
        record = DecisionCodes.Unpack(number, words, Volatile.Read(ref _ringSize), Volatile.Read(ref _peak));
        return whole;
    }

    private Span<long> Slot(ulong number) => _words.AsSpan((int)(number & (ulong)_mask) * DecisionSlot.Words, DecisionSlot.Words);
}
