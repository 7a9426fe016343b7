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
}
