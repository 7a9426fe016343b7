using FsCheck;
using FsCheck.Fluent;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.Tests.Telemetry;

public unsafe class LogLinearHistogramTests
{
    [Fact]
    public void A_percentile_is_at_most_1_6_percent_above_the_exact_one()
    {
        Prop.ForAll<uint[], byte>((values, percent) =>
        {
            if (values.Length == 0)
            {
                return true;
            }

            double fraction = percent / 255.0;
            fixed (ulong* memory = new ulong[LogLinearHistogram.Bytes / sizeof(ulong)])
            {
                LogLinearHistogram histogram = new(memory);
                foreach (uint value in values)
                {
                    histogram.Record(value);
                }

                uint[] sorted = [.. values.Order()];
                ulong exact = sorted[Math.Max(1, (int)Math.Ceiling(fraction * values.Length)) - 1];
                HistogramSnapshot snapshot = histogram.Snapshot();
                ulong estimate = snapshot.Percentile(fraction);
                return snapshot.Max == sorted[^1] && snapshot.Count == (ulong)values.Length
                    && estimate >= exact && estimate <= exact + (exact / 64) + 1;
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Bounds_and_buckets_agree()
    {
        for (int bucket = 0; bucket < LogLinearHistogram.Buckets; bucket++)
        {
            ulong bound = LogLinearHistogram.UpperBound(bucket);
            Assert.Equal(bucket, LogLinearHistogram.Bucket(bound));
            Assert.Equal(Math.Min(bucket + 1, LogLinearHistogram.Buckets - 1), LogLinearHistogram.Bucket(bound + 1));
        }
    }

    [Fact]
    public void A_value_for_two_histograms_is_in_both_as_if_counted_in_each() => Prop.ForAll<ulong[]>(values =>
    {
        LatencyHistogram one = new(), other = new(), alone = new(), expected = new();
        foreach (ulong value in values)
        {
            one.Record(value, other);
            alone.Record(value, also: null);
            expected.Record(value);
        }

        return new[] { one, other, alone }.All(histogram => Same(histogram.Snapshot(), expected.Snapshot()));
    }).QuickCheckThrowOnFailure();

    private static bool Same(HistogramSnapshot a, HistogramSnapshot b) =>
        a.Max == b.Max && a.Count == b.Count && Enumerable.Range(0, 101).All(percent => a.Percentile(percent / 100.0) == b.Percentile(percent / 100.0));
}
