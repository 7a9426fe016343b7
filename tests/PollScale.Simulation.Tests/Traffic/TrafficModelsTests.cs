using FsCheck;
using FsCheck.Fluent;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;
using PollScale.Simulation.Traffic.Adversary;
using PollScale.Simulation.Traffic.Models;
using Xunit;

namespace PollScale.Simulation.Tests.Traffic;

/// <summary>Traffic as text.</summary>
public class TrafficModelsTests
{
    public static TheoryData<string> Models => Sequences.Models;

    [Theory]
    [InlineData("poisson:rate=2Mpps", 2e6)]
    [InlineData("poisson:rate=2mpps", 2e6)]
    [InlineData("poisson:rate=1500kpps", 1.5e6)]
    [InlineData("poisson: rate = 10pps", 10)]
    [InlineData(" poisson :rate=1e3kpps", 1e6)]
    public void Rates_are_read(string text, double rate) => Assert.Equal(new PoissonTraffic { Rate = rate }, TrafficModels.Parse(text));

    [Fact]
    public void Percentages_and_defaults_are_shares_of_the_reference()
    {
        MmppTraffic model = Assert.IsType<MmppTraffic>(TrafficModels.Parse("mmpp:high=70%", 1e6));
        Assert.Equal(7e5, model.High, 1e-6);
        Assert.Equal(8e4, model.Low, 1e-6);
        Assert.Equal(2e6, model.Line, 1e-6);
        Assert.Equal(0.7 * CoreModel.Synthetic.ServiceRate(0), ((MmppTraffic)TrafficModels.Parse("mmpp:high=70%")).High, 1e-6);
    }

    [Fact]
    public void The_default_line_carries_twice_any_reference() =>
        Prop.ForAll(Arb.From(Gen.OneOf(Gen.Choose(3_000, 1_500_000_000), Gen.Elements(3_000, 1_500_000_000))), thirds =>
            TrafficModels.All.All(m => TrafficModels.Parse(m.Name, thirds / 3.0).PeakRate > 0)
            && TrafficModels.Parse("microburst:rate=200%", thirds / 3.0).PeakRate == 2 * (thirds / 3.0))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Names_are_short() => Assert.Equal("square:low=8%,high=2Mpps", TrafficModels.Parse("square:low=8%,high=2000kpps,duty=50%").Name);

    [Theory]
    [InlineData("50us", 50 * SimTime.Microsecond)]
    [InlineData("1.5ms", 1500 * SimTime.Microsecond)]
    [InlineData("2s", 2 * SimTime.Second)]
    [InlineData("1234567.891ns", 1_234_567_891)]
    public void Times_are_read(string text, long time) => Assert.Equal(new SquareTraffic { Period = time }, TrafficModels.Parse("square:period=" + text));

    [Fact]
    public void Several_models_are_joined_by_a_plus()
    {
        SuperposedTraffic several = Assert.IsType<SuperposedTraffic>(TrafficModels.Parse("constant:rate=10%+imix:gbps=25+sparse"));
        Assert.Equal(3, several.Parts.Count);
        Assert.Equal(several.Parts, new SuperposedTraffic(new SuperposedTraffic(several.Parts.Take(2)), several.Parts[2]).Parts);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_name_gives_the_same_traffic_again(string text)
    {
        ITrafficModel model = TrafficModels.Parse(text);
        Assert.Equal(model.Name, TrafficModels.Parse(model.Name).Name);
        Assert.Equal(Sequences.Run(model, 8, SimTime.Millisecond), Sequences.Run(TrafficModels.Parse(model.Name), 8, SimTime.Millisecond));
    }

    [Fact]
    public void Any_parameters_come_back_from_the_name()
    {
        Gen<MmppTraffic> models =
            from low in Gen.Choose(0, int.MaxValue)
            from high in Gen.Choose(0, int.MaxValue)
            from lowTime in Gen.Choose(1_000_000, int.MaxValue)
            from highTime in Gen.Choose(1_000_000, int.MaxValue)
            select new MmppTraffic { Low = low / 3e4, High = high / 1.7e3, LowTime = lowTime, HighTime = highTime * 461_165L };
        Prop.ForAll(Arb.From(models), m => m.Equals(TrafficModels.Parse(m.Name))).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void A_schedule_comes_back_from_its_name()
    {
        AdversarialSchedule schedule = new() { Rate = 1e6, Pairs = [new(0, 100_000), new(123_456_789, 7 * SimTime.Second)] };
        Assert.Equal("schedule:rate=1Mpps,pairs=0ns/100ns/123.456789us/7s", schedule.Name);
        Assert.Equal(schedule, TrafficModels.Parse(schedule.Name));
        Assert.Equal(schedule.GetHashCode(), TrafficModels.Parse(schedule.Name).GetHashCode());
        Assert.NotEqual(schedule, schedule with { Pairs = [new(0, 100_000)] });
    }

    [Theory]
    [InlineData("", "'' is no model: use constant, poisson")]
    [InlineData("poison", "'poison' is no model: use constant, poisson")]
    [InlineData("poisson:", "poisson: '' is no option=value")]
    [InlineData("poisson:rate", "poisson: 'rate' is no option=value")]
    [InlineData("poisson:speed=1", "poisson has no option 'speed'; it takes rate, spacing, line")]
    [InlineData("poisson:rate=1pps,rate=2pps", "poisson: rate is given twice")]
    [InlineData("poisson:rate=2", "poisson: rate takes 0.001pps .. 1000Mpps (pps, kpps, Mpps or % of 3.395Mpps), not '2'")]
    [InlineData("poisson:rate=-2pps", "not '-2pps'")]
    [InlineData("poisson:rate=NaNpps", "not 'NaNpps'")]
    [InlineData("poisson:rate=1e999Mpps", "not '1e999Mpps'")]
    [InlineData("poisson:rate=none", "not 'none'")]
    [InlineData("poisson:spacing=odd", "poisson: spacing takes even | poisson, not 'odd'")]
    [InlineData("poisson:line=1pps", "poisson: line takes 1kpps .. 1000Mpps (pps, kpps, Mpps or % of 3.395Mpps), or none, not '1pps'")]
    [InlineData("square:period=50", "square: period takes 1us .. 86400s, not '50'")]
    [InlineData("square:period=99999999999999999999999999999s", "square: period takes")]
    [InlineData("square:duty=1", "square: duty takes 0.01 .. 0.99, not '1'")]
    [InlineData("on-off:sources=2.5", "on-off: sources takes 1 .. 256 (a whole number), not '2.5'")]
    [InlineData("self-similar:hurst=0.4", "self-similar: hurst takes 0.55 .. 0.95, not '0.4'")]
    [InlineData("self-similar:shortest=2s", "self-similar: shortest takes 1us .. 1s, not '2s'")]
    [InlineData("adversary:quiet=1s", "adversary: longest cannot be shorter than quiet")]
    [InlineData("schedule:pairs=1ms", "schedule: pairs takes quiet/burst/quiet/burst/..., 1 .. 1000 pairs, quiet 0 .. 1000s, burst 100ns .. 1000s, not '1ms'")]
    [InlineData("schedule:pairs=1ms/1ms/1ms", "schedule: pairs takes")]
    [InlineData("schedule:pairs=1ms/0us", "not '1ms/0us'")]
    [InlineData("imix:load=0", "imix: load takes 0.0001 .. 1, not '0'")]
    [InlineData("sparse+", "'' is no model")]
    public void Errors_say_what_is_allowed(string text, string message) =>
        Assert.Contains(message, Assert.Throws<TrafficModelException>(() => TrafficModels.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Models_made_by_code_are_checked_too()
    {
        Assert.Throws<TrafficModelException>(() => new PoissonTraffic { Rate = double.NaN }.Start(1, 1));
        Assert.Throws<TrafficModelException>(() => new PoissonTraffic { Spacing = (Spacing)7 }.Start(1, 1));
        Assert.Throws<TrafficModelException>(() => new OnOffTraffic { Sources = 0 }.Start(1, 1));
        Assert.Throws<TrafficModelException>(() => new ImixTraffic { Load = 2 }.Start(1, 1));
        Assert.Throws<TrafficModelException>(() => new AdversarialSchedule { Pairs = [] }.Start(1, 1));
        Assert.Throws<TrafficModelException>(() => new SuperposedTraffic());
        Assert.Throws<TrafficModelException>(() => TrafficModels.Parse("sparse", double.NaN));
        Assert.Throws<TrafficModelException>(() => TrafficModels.Parse("sparse", 999));
    }

    [Fact]
    public void Every_model_is_listed_with_its_parameters()
    {
        Assert.Equal(16, TrafficModels.All.Count);
        foreach (TrafficModelInfo model in TrafficModels.All)
        {
            Assert.DoesNotContain('\n', model.Description);
            foreach (TrafficParameterInfo parameter in model.Parameters)
            {
                // What help says is the default must be allowed.
                TrafficModels.Parse($"{model.Name}:{parameter.Name}={parameter.Default}");
            }
        }
    }

    [Theory]
    [InlineData("constant:rate=10Mpps", 20e6)]
    [InlineData("poisson:rate=14.88Mpps", 29.76e6)]
    [InlineData("constant:rate=5Mpps", 6.79e6)]
    public void A_line_that_nobody_named_carries_the_traffic(string text, double line)
    {
        RateTraffic model = (RateTraffic)TrafficModels.Parse(text);
        Assert.InRange(model.Line, line * 0.999, line * 1.001);
        Assert.Equal(model, TrafficModels.Parse(model.Name));
    }

    [Theory]
    [InlineData("constant:rate=10Mpps,line=9Mpps", "constant: rates up to 10Mpps do not fit a line of 9Mpps")]
    [InlineData("square:low=0,high=0", "square: every rate is 0")]
    [InlineData("step:for=0", "step: for takes 1us .. 86400s, or none, not '0'")]
    public void What_cannot_come_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<TrafficModelException>(() => TrafficModels.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Spellings_of_earlier_versions_are_read()
    {
        Assert.Equal(TrafficModels.Parse("ramp:time=2s,spacing=even"), TrafficModels.Parse("ramp:over=2s,arrivals=paced"));
        Assert.Equal(
            new OnOffTraffic { Sources = 1, Rate = 2e6, Low = 1e3, On = SimTime.Millisecond, Off = 2 * SimTime.Millisecond, OnSigma = 0.5, OffSigma = 0.5, Spacing = Spacing.Even },
            TrafficModels.Parse("onoff:high=2Mpps,low=1kpps,on=1ms,off=2ms,sigma=0.5"));
        Assert.DoesNotContain(TrafficModels.All, model => model.Name == "onoff");
    }

    [Fact]
    public void A_step_may_come_back()
    {
        long[] times = Sequences.Run(TrafficModels.Parse("step:low=0,high=1Mpps,at=1ms,for=2ms,spacing=even"), 1, 10 * SimTime.Millisecond);
        Assert.Equal((2000, SimTime.Millisecond, 2999 * SimTime.Microsecond), (times.Length, times[0], times[^1]));
        Assert.Equal("step:for=2ms", TrafficModels.Parse("step:for=2ms").Name);
    }

    [Fact]
    public void Phases_longer_than_arrivals_are_made_of_at_once_keep_their_length()
    {
        long[] times = Sequences.Run(TrafficModels.Parse("square:low=0,high=1pps,period=5000s,spacing=even"), 1, 9000 * SimTime.Second);
        Assert.Equal(5000, times.Length);
        Assert.Equal((2499 * SimTime.Second, 5000 * SimTime.Second), (times[2499], times[2500]));
    }

    [Fact]
    public void No_text_does_anything_but_parse_or_be_refused()
    {
        string[] pieces =
        [
            .. TrafficModels.All.Select(m => m.Name), .. TrafficModels.All.SelectMany(m => m.Parameters.Select(p => p.Name)),
            ":", "=", ",", "+", "/", "%", "pps", "Mpps", "us", "s", "ns", "none", "1", "0", "99999999999999999999", "1e308", "-", ".", "NaN", "\0", "\u00e9", " ", "even",
        ];
        System.Random random = new(99);
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string text = random.Next(4) == 0
                ? new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => (char)random.Next(1, 0x250))])
                : string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                TrafficModels.Parse(text).Start(1, 1);
                read++;
            }
            catch (TrafficModelException refused)
            {
                Assert.DoesNotContain('\0', refused.Message);
            }
        }

        Assert.InRange(read, 1, 19_000);
    }
}
