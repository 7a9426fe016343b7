namespace PollScale.HostStub.Report.Html;

/// <summary>Makes long series short without hiding a peak: every bucket keeps the least and the most that it covers.</summary>
internal static class SeriesFold
{
    /// <summary>Most values that are kept: several a pixel column of a wide screen, in 60 kB a column.</summary>
    public const int Most = 8192;

    /// <summary>A series of at most <see cref="Most"/> values.</summary>
    public static TimeSeries Short(TimeSeries series) => series.Values.Count <= Most ? series
        : series.Times is null ? Even(series)
        : Steps(series, series.Times);

    private static TimeSeries Even(TimeSeries series)
    {
        int count = series.Values.Count, each = (count + Most - 1) / Most, buckets = (count + each - 1) / each;
        double[] least = new double[buckets], mean = new double[buckets], most = new double[buckets];
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            Extent extent = new();
            for (int i = bucket * each; i < Math.Min(count, (bucket + 1) * each); i++)
            {
                extent.Add(series.Least?[i] ?? series.Values[i], series.Values[i], series.Most?[i] ?? series.Values[i], 1);
            }

            (least[bucket], mean[bucket], most[bucket]) = extent.Result;
        }

        return TimeSeries.Buckets(series.Name, series.Unit, series.Start, series.Step * each, least, mean, most) with { Run = series.Run };
    }

    private static TimeSeries Steps(TimeSeries series, IReadOnlyList<double> times)
    {
        double start = times[0], step = (times[^1] - start) / Most;
        if (!(step > 0))
        {
            throw new ArgumentException($"{series.Name} has {times.Count} values at one time.", nameof(series));
        }

        double[] least = new double[Most], mean = new double[Most], most = new double[Most];
        int holding = 0;
        for (int bucket = 0; bucket < Most; bucket++)
        {
            double from = start + (bucket * step), until = bucket == Most - 1 ? double.PositiveInfinity : from + step;
            Extent extent = new();
            while (true)
            {
                bool last = holding + 1 == times.Count;
                double next = last ? until : Math.Min(until, times[holding + 1]);
                double end = double.IsFinite(next) ? next : times[^1];
                extent.Add(series.Values[holding], series.Values[holding], series.Values[holding], Math.Max(0, end - Math.Max(from, times[holding])));
                if (last || times[holding + 1] >= until)
                {
                    break;
                }

                holding++;
            }

            (least[bucket], mean[bucket], most[bucket]) = extent.Result;
        }

        return TimeSeries.Buckets(series.Name, series.Unit, start, step, least, mean, most) with { Run = series.Run };
    }

    private struct Extent
    {
        private double _least = double.NaN, _most = double.NaN, _sum, _weight, _any = double.NaN;

        public Extent()
        {
        }

        public readonly (double Least, double Mean, double Most) Result => (_least, _weight > 0 ? _sum / _weight : _any, _most);

        public void Add(double least, double mean, double most, double weight)
        {
            if (!double.IsFinite(mean))
            {
                return;
            }

            _least = double.IsNaN(_least) ? least : Math.Min(_least, least);
            _most = double.IsNaN(_most) ? most : Math.Max(_most, most);
            _any = mean;
            _sum += mean * weight;
            _weight += weight;
        }
    }
}
