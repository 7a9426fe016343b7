using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// Traffic that looks alike over three decades of time: a superposition of four two-phase MMPPs whose stays are as 1 : 10 : 100 : 1000
/// (Andersen and Nielsen, "A Markovian approach for modeling packet traffic with long-range dependence", JSAC 16(5) 1998). A source of
/// amplitude a and time constant tau adds a^2 exp(-t / tau) to the covariance of the rate; with a^2 falling as tau^-beta the sum falls
/// as t^-beta, which is second-order self-similarity with H = 1 - beta / 2, from the shortest to the longest stay.
/// </summary>
public sealed record SelfSimilarTraffic : RateTraffic
{
    private const int Scales = 4;
    private const int ScaleRatio = 10;

    internal static readonly TrafficKindOf<SelfSimilarTraffic> Kind = new("self-similar", "four MMPPs over time scales 1:10:100:1000", RateParameters<SelfSimilarTraffic>.WithCommon(
        RateParameters<SelfSimilarTraffic>.Rate("rate", "mean rate", m => m.Rate, (m, v) => m with { Rate = v }),
        new NumberParameter<SelfSimilarTraffic>("hurst", "Hurst parameter", Quantity.Number, 0.5, 0.99, m => m.Hurst, (m, v) => m with { Hurst = v }),
        new NumberParameter<SelfSimilarTraffic>("swing", "largest departure from the mean rate, as a share of it", Quantity.Share, 0.01, 1, m => m.Swing, (m, v) => m with { Swing = v }),
        RateParameters<SelfSimilarTraffic>.Time("shortest", "mean stay of the fastest source; the slowest stays 1000 times as long", m => m.Shortest, (m, v) => m with { Shortest = v })));

    /// <summary>Mean rate in packets per second.</summary>
    public double Rate { get; init; } = 0.4 * TrafficDefaults.ReferenceRate;

    /// <summary>Hurst parameter H, 0.5 .. 0.99.</summary>
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
        double beta = 2 - (2 * Hurst);
        double[] weights = [.. Enumerable.Range(0, Scales).Select(i => Math.Pow(ScaleRatio, -beta * i / 2))];
        double total = weights.Sum();
        return new SwitchingRates(seed, [.. Enumerable.Range(0, Scales).Select(i =>
        {
            double mean = Rate * weights[i] / total;
            Dwell stay = Dwell.Exponential(Shortest * Math.Pow(ScaleRatio, i));
            return new SwitchingSource(mean * (1 - Swing), stay, mean * (1 + Swing), stay);
        })]);
    }

    internal override void CheckRanges() => Kind.Check(this);

    internal override void CheckTogether()
    {
        if (Shortest > SimTime.Second)
        {
            throw Refused($"shortest cannot be '{QuantityText.Format(Quantity.Time, Shortest)}': the slowest source stays 1000 times as long; at most 1s is allowed.");
        }
    }
}
