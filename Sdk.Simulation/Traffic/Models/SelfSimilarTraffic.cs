using PollScale.Notation;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// Traffic that looks alike over three decades of time: a superposition of four two-phase MMPPs whose stays are as 1 : 10 : 100 : 1000
/// (Andersen and Nielsen, "A Markovian approach for modeling packet traffic with long-range dependence", JSAC 16(5) 1998). How loud each
/// is decides the Hurst parameter H: the variance of the mean rate over a time t falls as t^(2H - 2), for t from the shortest stay to
/// 256 times that.
/// </summary>
internal sealed record SelfSimilarTraffic : RateTraffic
{
    private const int Scales = 4;
    private const int ScaleRatio = 10;

    internal static readonly TrafficKindOf<SelfSimilarTraffic> Kind = new("self-similar", "four MMPPs over time scales 1:10:100:1000", RateParameters<SelfSimilarTraffic>.WithCommon(
        RateParameters<SelfSimilarTraffic>.Rate("rate", "mean rate", m => m.Rate, (m, v) => m with { Rate = v }),
        new NumberSetting<SelfSimilarTraffic>("hurst", "Hurst parameter", Quantity.Number, 0.55, 0.95, m => m.Hurst, (m, v) => m with { Hurst = v }),
        new NumberSetting<SelfSimilarTraffic>("swing", "largest departure from the mean rate, as a share of it", Quantity.Share, 0.01, 1, m => m.Swing, (m, v) => m with { Swing = v }),
        new NumberSetting<SelfSimilarTraffic>("shortest", "mean stay of the fastest source; the slowest stays 1000 times as long", Quantity.Time, SimTime.Microsecond, SimTime.Second, m => m.Shortest, (m, v) => m with { Shortest = (long)v })));

    /// <summary>Mean rate in packets per second.</summary>
    public double Rate { get; init; } = 0.4 * TrafficDefaults.ReferenceRate;

    /// <summary>Hurst parameter H, 0.55 .. 0.95.</summary>
    public double Hurst { get; init; } = 0.8;

    /// <summary>Largest departure of the rate from its mean, as a share of it, 0.01 .. 1: with 1 all four sources fall silent at times.</summary>
    public double Swing { get; init; } = 1;

    /// <summary>Mean stay of the fastest source in a phase, in simulated time; at most 1 s.</summary>
    public long Shortest { get; init; } = SimTime.Millisecond;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Rate * (1 + Swing);

    internal override IRateProcess Rates(ulong seed)
    {
        double[] weights = HurstWeights.Find(Hurst, Scales, ScaleRatio);
        return new SwitchingRates(seed, [.. Enumerable.Range(0, Scales).Select(i =>
        {
            double mean = Rate * weights[i];
            Dwell stay = Dwell.Exponential(Shortest * Math.Pow(ScaleRatio, i));
            return new SwitchingSource(mean * (1 - Swing), stay, mean * (1 + Swing), stay);
        })]);
    }

    internal override void CheckRanges() => Kind.Check(this);
}
