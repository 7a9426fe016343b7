using FsCheck;
using FsCheck.Fluent;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Models;
using Xunit;

namespace PollScale.Simulation.Tests.Traffic;

/// <summary>No 100 us bring more than <see cref="ITrafficModel.PeakRate"/> says.</summary>
public class PeakRateTests
{
    public static TheoryData<string> Models => Sequences.Models;

    [Theory]
    [MemberData(nameof(Models))]
    public void The_peak_rate_holds(string text)
    {
        ITrafficModel model = TrafficModels.Parse(text);
        long[] times = Sequences.Run(model, 21, 60 * SimTime.Millisecond);

        // A rate is no whole number of packets: each superposed part may bring one more than its rate's share.
        int parts = model is SuperposedTraffic several ? several.Parts.Count : 1;
        Assert.InRange(Sequences.MostIn(times, Sequences.Window), 1, (model.PeakRate * 1e-4) + parts);
    }

    [Fact]
    public void Every_model_keeps_to_its_line()
    {
        string[] names = [.. TrafficModels.All.Where(m => m.Parameters.Any(p => p.Name == "line")).Select(m => m.Name)];
        Assert.True(names.Length >= 12);
        Gen<(string Name, double Line, ulong Seed, double Share, Spacing Spacing)> cases =
            from name in Gen.Elements(names)
            from line in Gen.Choose(10, 20_000)
            from seed in ArbMap.Default.GeneratorFor<ulong>()
            from share in Gen.Choose(1, 99)
            from spacing in Gen.Elements(Spacing.Even, Spacing.Poisson)
            select (name, line * 1000.0, seed, share / 100.0, spacing);
        Prop.ForAll(Arb.From(cases), c =>
        {
            // Twice the reference is the highest default rate; a share of half the line fits every model.
            RateTraffic model = (RateTraffic)TrafficModels.Parse(c.Name, Math.Max(1000, c.Line * c.Share / 2))
                with { Line = c.Line, Spacing = c.Spacing };
            long[] times = Sequences.Run(model, c.Seed, Math.Min(50 * SimTime.Millisecond, (long)(20_000 / c.Line * SimTime.Second)));
            long gap = times.Length < 2 ? long.MaxValue : times.Zip(times.Skip(1), (a, b) => b - a).Min();
            return gap >= SimTime.Second / c.Line && Sequences.MostIn(times, Sequences.Window) <= Math.Ceiling(c.Line * 1e-4);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Fact]
    public void Poisson_packets_without_a_line_have_no_bound()
    {
        Assert.Equal(double.PositiveInfinity, TrafficModels.Parse("poisson:line=none").PeakRate);
        Assert.Equal(2e6, TrafficModels.Parse("poisson:rate=1Mpps,line=2Mpps").PeakRate);
        Assert.Equal(1e6, TrafficModels.Parse("constant:rate=1Mpps").PeakRate);
        Assert.Equal(3e6, TrafficModels.Parse("poisson:rate=1Mpps,line=2Mpps+constant:rate=1Mpps").PeakRate);
    }

    [Theory]
    [InlineData("constant:rate=8Mpps,line=200%")]
    [InlineData("square:high=300%,line=200%")]
    [InlineData("self-similar:rate=4Mpps,line=200%")]
    [InlineData("on-off:sources=256,line=200%")]
    public void Rates_above_the_line_are_refused(string text)
    {
        TrafficModelException refused = Assert.Throws<TrafficModelException>(() => TrafficModels.Parse(text));
        Assert.Contains("line=none", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Sequences.Run(TrafficModels.Parse(text.Replace("line=200%", "line=none", StringComparison.Ordinal)), 1, SimTime.Millisecond));
    }
}
