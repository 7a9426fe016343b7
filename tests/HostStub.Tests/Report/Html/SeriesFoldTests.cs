using PollScale.HostStub.Report.Html;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Html;

public class SeriesFoldTests
{
    private const int Million = 1_000_000;

    [Theory]
    [InlineData(0)]
    [InlineData(123_456)]
    [InlineData(Million - 1)]
    public void A_single_peak_among_a_million_values_stays(int at)
    {
        double[] values = new double[Million];
        Array.Fill(values, 5);
        values[at] = 900;
        TimeSeries series = SeriesFold.Short(TimeSeries.Even("x", "y", 2, 1e-5, values));

        Assert.InRange(series.Values.Count, SeriesFold.Most / 2, SeriesFold.Most);
        Assert.Equal((900, 5), (series.Most!.Max(), series.Least!.Min()));
        Assert.Equal((int)(at * 1e-5 / series.Step), series.Most!.ToList().IndexOf(900));
        Assert.InRange(series.Values.Average(), 5, 5.02); // 895 more in one of 8130 buckets, of 123 values or, at the end, fewer
        Assert.InRange(series.Step * series.Values.Count, 10, 10.01);
    }

    [Fact]
    public void Extremes_of_buckets_stay_extremes()
    {
        double[] mean = new double[20_000], least = new double[20_000], most = new double[20_000];
        (least[777], most[15_001]) = (-3, 8);
        mean[100] = double.NaN;
        TimeSeries series = SeriesFold.Short(TimeSeries.Buckets("x", "y", 0, 1, least, mean, most) with { Run = "a" });

        Assert.Equal((-3, 8, "a"), (series.Least!.Min(), series.Most!.Max(), series.Run));
        Assert.DoesNotContain(double.NaN, series.Values);
    }

    [Fact]
    public void A_value_that_holds_shortly_is_not_lost_and_weighs_what_it_held()
    {
        // P-state 1 for 1 us in each second of 20,000; else 3.
        double[] times = [.. Enumerable.Range(0, 20_000).SelectMany(second => (double[])[second, second + 1e-6]), 20_000];
        double[] values = [.. Enumerable.Range(0, 20_000).SelectMany(_ => (double[])[1, 3]), 3];
        TimeSeries series = SeriesFold.Short(TimeSeries.Steps("x", "y", times, values));

        Assert.Equal(SeriesFold.Most, series.Values.Count);
        Assert.All(series.Least!, least => Assert.Equal(1, least));
        Assert.All(series.Most!, most => Assert.Equal(3, most));
        Assert.All(series.Values, mean => Assert.InRange(mean, 2.9999, 3));
    }

    [Fact]
    public void What_is_short_enough_stays_as_it_is()
    {
        TimeSeries series = TimeSeries.Even("x", "y", 0, 1, new double[SeriesFold.Most]);

        Assert.Same(series, SeriesFold.Short(series));
    }
}
