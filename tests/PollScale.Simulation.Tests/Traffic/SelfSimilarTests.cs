using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Models;
using Xunit;

namespace PollScale.Simulation.Tests.Traffic;

/// <summary>The variance-time plot: the variance of a mean over m falls as m^(2H - 2).</summary>
public class SelfSimilarTests
{
    private const long Bin = SimTime.Millisecond;
    private const int Bins = 1 << 21;

    [Theory]
    [InlineData(0.55)]
    [InlineData(0.8)]
    [InlineData(0.95)]
    public void The_variance_time_slope_gives_the_Hurst_parameter(double hurst) =>
        Assert.Equal(hurst, Measured(new SelfSimilarTraffic { Rate = 20_000, Hurst = hurst, Spacing = Spacing.Even }), 0.03);

    [Fact]
    public void Poisson_traffic_has_none() => Assert.Equal(0.5, Measured(new PoissonTraffic { Rate = 20_000 }), 0.03);

    [Theory]
    [InlineData(0.55)]
    [InlineData(0.7)]
    [InlineData(0.95)]
    public void The_weights_have_the_slope_asked_for(double hurst) =>
        Assert.Equal(hurst, HurstWeights.Hurst(HurstWeights.Find(hurst, 4, 10), 10), 1e-9);

    private static double Measured(ITrafficModel model)
    {
        double[] counts = Sequences.Counts(model, 17, Bin, Bins);
        List<(double X, double Y)> points = [];
        for (int m = 1; m <= 256; m *= 2)
        {
            double[] means = [.. counts.Chunk(m).Select(c => c.Average())];
            points.Add((Math.Log(m), Math.Log(Sequences.Variance(means))));
        }

        double meanX = points.Average(p => p.X), meanY = points.Average(p => p.Y);
        double slope = points.Sum(p => (p.X - meanX) * (p.Y - meanY)) / points.Sum(p => (p.X - meanX) * (p.X - meanX));
        return 1 + (slope / 2);
    }
}
