using System.Numerics;
using System.Runtime.CompilerServices;

namespace PollScale.Telemetry;

/// <summary>
/// A histogram of non-negative values in caller-owned memory: 64 linear buckets an octave, so a value is known to 1.6 %.
/// One writer, any readers; recording is a handful of instructions and allocates nothing.
/// </summary>
/// <remarks>Layout: u64 largest value, then u64 counts. Values of 2^40 and more fall into the last bucket.</remarks>
// SAFETY: the memory has the bytes that Bytes says, and a bucket is below Buckets whatever the value.
internal readonly unsafe struct LogLinearHistogram
{
    private const int SubBits = 6;
    private const int MaxBits = 40;
    private readonly ulong* _memory;

    /// <summary>Linear buckets of an octave.</summary>
    public const int SubBuckets = 1 << SubBits;

    /// <summary>Number of buckets.</summary>
    public const int Buckets = (MaxBits - SubBits + 1) << SubBits;

    /// <summary>Bytes of the largest value and the counts.</summary>
    public const int Bytes = (1 + Buckets) * sizeof(ulong);

    /// <summary>A view of <see cref="Bytes"/> bytes at <paramref name="memory"/>; all zero is an empty histogram.</summary>
    public LogLinearHistogram(void* memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _memory = (ulong*)memory;
    }

    /// <summary>Counts one value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(ulong value) => Record(value, Bucket(value));

    /// <summary>Counts one value whose bucket is known.</summary>
    /// <param name="value">The value.</param>
    /// <param name="bucket">Its <see cref="Bucket"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(ulong value, int bucket) => Record(value, bucket, 1);

    /// <summary>Counts a value several times.</summary>
    /// <param name="value">The value.</param>
    /// <param name="bucket">Its <see cref="Bucket"/>.</param>
    /// <param name="times">How many times, 1 or more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(ulong value, int bucket, ulong times)
    {
        ulong* memory = _memory;
        memory[1 + bucket] += times;
        if (value > memory[0])
        {
            memory[0] = value;
        }
    }

    /// <summary>A copy that later records do not change.</summary>
    public HistogramSnapshot Snapshot()
    {
        ulong[] counts = new ulong[Buckets];
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            counts[bucket] = Volatile.Read(ref _memory[1 + bucket]);
        }

        return new HistogramSnapshot(counts, Volatile.Read(ref _memory[0]));
    }

    /// <summary>Bucket of a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Bucket(ulong value)
    {
        if (value < 1 << SubBits)
        {
            return (int)value;
        }

        int exponent = BitOperations.Log2(value);
        int bucket = ((exponent - SubBits + 1) << SubBits) + (int)((value >> (exponent - SubBits)) & ((1 << SubBits) - 1));
        return Math.Min(bucket, Buckets - 1);
    }

    /// <summary>Largest value of a bucket.</summary>
    internal static ulong UpperBound(int bucket)
    {
        int octave = bucket >> SubBits;
        ulong sub = (ulong)bucket & ((1 << SubBits) - 1);
        return octave == 0 ? sub : ((((1UL << SubBits) + sub + 1) << (octave - 1)) - 1);
    }
}
