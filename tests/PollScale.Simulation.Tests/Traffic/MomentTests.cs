using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Generators;
using PollScale.Simulation.Traffic.Models;
using PollScale.Simulation.Traffic.Rates;
using Xunit;

namespace PollScale.Simulation.Tests.Traffic;

/// <summary>Moments against theory. Seeds are fixed; bounds are about five standard errors, so a wrong formula fails and chance does not.</summary>
public class MomentTests
{
    private const double Mu = 3.3946e6;

    [Theory]
    [InlineData("constant:rate=1Mpps", 1e6, 0.0001)]
    [InlineData("poisson:rate=1Mpps", 1e6, 0.003)]
    [InlineData("sparse:rate=100kpps", 1e5, 0.01)]
    [InlineData("step:low=100kpps,high=1Mpps,at=4s", 0.64e6, 0.01)]
    [InlineData("square:low=10%,high=90%,period=50ms", 0.5 * Mu, 0.005)]
    [InlineData("ramp:from=0pps,to=1Mpps,time=10s", 0.5e6, 0.005)]
    [InlineData("diurnal:low=10%,high=50%,period=2s", 0.3 * Mu, 0.005)]
    [InlineData("mmpp:low=100kpps,high=1Mpps,low-time=2ms,high-time=1ms", 0.4e6, 0.05)]
    [InlineData("on-off:rate=40kpps,sources=20,on=1ms,off=3ms", 0.2e6, 0.05)]
    [InlineData("self-similar:rate=1Mpps,shortest=10us", 1e6, 0.05)]
    [InlineData("microburst:rate=2Mpps,burst=50us,gap=450us", 0.2e6, 0.06)]
    [InlineData("on-off:rate=40kpps,low=20kpps,sources=20,on=1ms,off=3ms", 0.5e6, 0.05)]
    [InlineData("line-on-off:rate=1Mpps,on=1ms,off=3ms", 0.25e6, 0.002)]
    [InlineData("schedule:rate=1Mpps,pairs=1ms/1ms/3ms/1ms", 1e6 / 3, 0.002)]
    [InlineData("imix:gbps=10,load=50%", 0.5 * 3.344e6, 0.005)]
    [InlineData("imix:gbps=10,load=50%,spacing=even", 0.5 * 3.344e6, 0.001)]
    [InlineData("poisson:rate=100kpps+constant:rate=200kpps", 3e5, 0.006)]
    public void The_mean_rate_is_as_said(string text, double rate, double error)
    {
        double packets = Sequences.Counts(TrafficModels.Parse(text), 11, SimTime.Second, 10).Sum();
        Assert.InRange(packets / 10, rate * (1 - error), rate * (1 + error));
    }

    [Fact]
    public void Poisson_gaps_are_exponential()
    {
        long[] times = Sequences.Run(TrafficModels.Parse("poisson:rate=1Mpps,line=none"), 3, SimTime.Second);
        double[] gaps = [.. times.Zip(times.Skip(1), (a, b) => (b - a) / (double)SimTime.Microsecond)];
        Assert.Equal(1, gaps.Average(), 0.005);
        Assert.Equal(2, gaps.Average(g => g * g), 0.03);
        Assert.Equal(6, gaps.Average(g => g * g * g), 0.3);

        // The distribution itself, also beyond the ziggurat's edge of 7.697.
        foreach (double at in (double[])[0.01, 0.1, 0.5, 1, 2, 4, 7, 8, 9])
        {
            double expected = Math.Exp(-at), share = gaps.Count(g => g > at) / (double)gaps.Length;
            Assert.InRange(share, expected - (5 * Math.Sqrt(expected / gaps.Length)), expected + (5 * Math.Sqrt(expected / gaps.Length)));
        }

        // No correlation from gap to gap.
        double together = gaps.Zip(gaps.Skip(1), (a, b) => (a - 1) * (b - 1)).Average();
        Assert.InRange(together, -0.005, 0.005);
    }

    [Fact]
    public void Counts_of_a_changing_Poisson_rate_have_its_variance()
    {
        // Whole periods: the count of each is Poisson whatever the rate does within.
        double[] counts = Sequences.Counts(TrafficModels.Parse("square:low=100kpps,high=1Mpps,period=1ms,line=none"), 9, SimTime.Millisecond, 20_000);
        Assert.Equal(550, counts.Average(), 1.0);
        Assert.Equal(1, Sequences.Variance(counts) / counts.Average(), 0.05);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Lognormal_stays_have_their_moments(double sigma)
    {
        Xoshiro256 random = new(5);
        Dwell dwell = Dwell.Lognormal(SimTime.Millisecond, sigma);
        double[] draws = [.. Enumerable.Range(0, 400_000).Select(_ => dwell.Draw(ref random) / (double)SimTime.Millisecond)];
        double[] logs = [.. draws.Select(d => Math.Log(d))];
        Assert.Equal(1, draws.Average(), 0.012);
        Assert.Equal(-sigma * sigma / 2, logs.Average(), 0.01);
        Assert.Equal(sigma * sigma, Sequences.Variance(logs), 0.01);
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(1)]
    public void The_rest_of_a_stay_is_that_of_renewal_theory(double sigma)
    {
        // Mean residual life E[X^2] / (2 E[X]) = exp(sigma^2) / 2 of the mean.
        Xoshiro256 random = new(6);
        Dwell dwell = Dwell.Lognormal(SimTime.Millisecond, sigma);
        double mean = Enumerable.Range(0, 400_000).Average(_ => dwell.DrawRest(ref random) / (double)SimTime.Millisecond);
        Assert.Equal(1, mean / (Math.Exp(sigma * sigma) / 2), 0.03);
    }

    [Fact]
    public void Phases_last_and_start_as_said()
    {
        int high = 0;
        double[] sums = new double[2], counts = new double[2];
        for (ulong seed = 0; seed < 2000; seed++)
        {
            IRateProcess rates = new MmppTraffic { Low = 1, High = 2 }.Rates(seed);
            high += rates.Next().Rate == 2 ? 1 : 0;
            for (int i = 0; i < 20; i++)
            {
                RateSegment segment = rates.Next();
                sums[(int)segment.Rate - 1] += segment.Length / (double)SimTime.Millisecond;
                counts[(int)segment.Rate - 1]++;
            }
        }

        Assert.Equal(20, sums[0] / counts[0], 0.7);
        Assert.Equal(5, sums[1] / counts[1], 0.2);
        Assert.Equal(0.2, high / 2000.0, 0.045);
    }

    [Fact]
    public void Sources_are_on_for_their_share_of_the_time_from_the_start()
    {
        OnOffTraffic traffic = new() { Sources = 10, Rate = 1 };
        double on = Enumerable.Range(0, 4000).Average(seed => traffic.Rates((ulong)seed).Next().Rate);
        Assert.Equal(2.5, on, 0.11);
    }

    [Fact]
    public void Most_microbursts_last_at_most_tens_of_microseconds()
    {
        IRateProcess rates = new MicroburstTraffic().Rates(4);
        double[] bursts = [.. Enumerable.Range(0, 100_000).Select(_ => rates.Next()).Where(s => s.Rate > 0).Select(s => s.Length / (double)SimTime.Microsecond)];
        Assert.InRange(bursts.Count(b => b < 100) / (double)bursts.Length, 0.7, 0.9);
        Assert.Equal(60, bursts.Average(), 2.0);
    }
}
