namespace PollScale.Telemetry;

/// <summary>Counts copied from a <see cref="LogLinearHistogram"/>.</summary>
public sealed class HistogramSnapshot
{
    private readonly ulong[] _counts;

    internal HistogramSnapshot(ulong[] counts, ulong max)
    {
        _counts = counts;
        Max = max;
        foreach (ulong count in counts)
        {
            Count += count;
        }
    }

    /// <summary>All values of several histograms as those of one.</summary>
    public static HistogramSnapshot Sum(params ReadOnlySpan<HistogramSnapshot> parts)
    {
        ulong[] counts = new ulong[LogLinearHistogram.Buckets];
        ulong max = 0;
        foreach (HistogramSnapshot part in parts)
        {
            max = Math.Max(max, part.Max);
            for (int bucket = 0; bucket < counts.Length; bucket++)
            {
                counts[bucket] += part._counts[bucket];
            }
        }

        return new HistogramSnapshot(counts, max);
    }

    /// <summary>Values recorded.</summary>
    public ulong Count { get; }

    /// <summary>Largest value, exact; 0 when empty.</summary>
    public ulong Max { get; }

    /// <summary>How many values lie in each part of an octave that holds any.</summary>
    /// <param name="perOctave">Parts of an octave, a power of two, 1 .. 64.</param>
    /// <returns>The largest value that a part may hold, at most <see cref="Max"/>, and how many it does; the smallest first.</returns>
    internal IEnumerable<(ulong UpTo, ulong Count)> Parts(int perOctave)
    {
        int width = LogLinearHistogram.SubBuckets / perOctave;
        for (int bucket = 0; bucket < _counts.Length; bucket += width)
        {
            ulong count = 0;
            foreach (ulong part in _counts.AsSpan(bucket, width))
            {
                count += part;
            }

            if (count > 0)
            {
                yield return (Math.Min(LogLinearHistogram.UpperBound(bucket + width - 1), Max), count);
            }
        }
    }

    /// <summary>Values in each bucket; <see cref="LogLinearHistogram.UpperBound"/> is the largest of one.</summary>
    internal ReadOnlySpan<ulong> Counts => _counts;

    /// <summary>Sum of all values, each taken for the largest of its bucket: at most 1.6 % too much.</summary>
    internal double Total
    {
        get
        {
            double total = 0;
            for (int bucket = 0; bucket < _counts.Length; bucket++)
            {
                total += _counts[bucket] == 0 ? 0 : _counts[bucket] * (double)LogLinearHistogram.UpperBound(bucket);
            }

            return total;
        }
    }

    /// <summary>The smallest bucket bound that at least <paramref name="fraction"/> of the values do not exceed, at most <see cref="Max"/>.</summary>
    /// <param name="fraction">0 .. 1; 0.5 is the median.</param>
    /// <returns>A value at most 1.6 % above the exact percentile; 0 when empty.</returns>
    public ulong Percentile(double fraction)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        ulong rank = Math.Max(1, (ulong)Math.Ceiling(fraction * Count));
        ulong seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank && _counts[bucket] > 0)
            {
                return Math.Min(LogLinearHistogram.UpperBound(bucket), Max);
            }
        }

        return Max;
    }
}
