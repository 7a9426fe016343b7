using System.Runtime.CompilerServices;
using PollScale.Telemetry;

namespace PollScale.Simulation.Running;

/// <summary>Delays in picoseconds, each known to 1.6 %; sum, maximum and the count above a bound are exact.</summary>
internal sealed class DelayHistogram
{
    private readonly ulong[] _counts = new ulong[LogLinearHistogram.Buckets];
    private readonly long _bound;
    private ulong _sum;
    private ulong _sumCarries;

    public DelayHistogram(long bound) => _bound = bound;

    /// <summary>Delays recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Delays above the bound.</summary>
    public long OverBound { get; private set; }

    /// <summary>Largest delay.</summary>
    public long Max { get; private set; }

    /// <summary>Mean in ps; 0 when empty.</summary>
    public double Mean => Count == 0 ? 0 : (double)new UInt128(_sumCarries, _sum) / Count;

    /// <summary>Records the delay of one packet.</summary>
    /// <param name="taken">When it is taken.</param>
    /// <param name="arrival">When it arrived, never after <paramref name="taken"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(long taken, long arrival)
    {
        ulong delay = (ulong)(taken - arrival);
        _counts[LogLinearHistogram.Bucket(delay)]++;
        _sum += delay;
        _sumCarries += _sum < delay ? 1u : 0;
        OverBound += arrival < taken - _bound ? 1 : 0;
        Count++;
        Max = Math.Max(Max, (long)delay);
    }

    /// <summary>Records the delays of packets that are taken at one time.</summary>
    /// <param name="taken">The time.</param>
    /// <param name="arrivals">When they arrived; never falling, never after <paramref name="taken"/>.</param>
    public void Record(long taken, ReadOnlySpan<long> arrivals)
    {
        if (arrivals.IsEmpty)
        {
            return;
        }

        ulong[] counts = _counts;
        ulong sum = 0;
        long over = 0, latest = taken - _bound;
        foreach (long arrival in arrivals)
        {
            ulong delay = (ulong)(taken - arrival);
            counts[LogLinearHistogram.Bucket(delay)]++;
            sum += delay;
            over += arrival < latest ? 1 : 0;
        }

        _sum += sum;
        _sumCarries += _sum < sum ? 1u : 0;
        OverBound += over;
        Count += arrivals.Length;
        Max = Math.Max(Max, taken - arrivals[0]);
    }

    public HistogramSnapshot Snapshot() => new((ulong[])_counts.Clone(), (ulong)Max);
}
