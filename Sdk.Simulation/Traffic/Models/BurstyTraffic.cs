using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// The demo's load. One period crosses low, high, low in equal thirds: a low rate with short bursts of half the high rate, then the high
/// rate swinging by 8 % to either side, then low with bursts again.
/// </summary>
internal sealed record BurstyTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<BurstyTraffic> Kind = new("bursty", "low with short bursts, high with swings, and low with bursts again", RateParameters<BurstyTraffic>.WithCommon(
        RateParameters<BurstyTraffic>.RateOrZero("low", "rate between bursts", m => m.Low, (m, v) => m with { Low = v }),
        RateParameters<BurstyTraffic>.Rate("high", "rate of the high third; bursts have half of it", m => m.High, (m, v) => m with { High = v }),
        RateParameters<BurstyTraffic>.Time("period", "length of all three thirds", m => m.Period, (m, v) => m with { Period = v })));

    /// <summary>Traffic with the default parameters.</summary>
    public BurstyTraffic() => Spacing = Spacing.Even;

    /// <summary>Rate between bursts, in packets per second.</summary>
    public double Low { get; init; } = 0.2e6;

    /// <summary>Rate of the high third in packets per second.</summary>
    public double High { get; init; } = 2e6;

    /// <summary>Length of all three thirds in simulated time.</summary>
    public long Period { get; init; } = 15 * SimTime.Second;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Math.Max(Low, High * BurstyRates.Highest);

    internal override IRateProcess Rates(ulong seed) => new BurstyRates(Low, High, Period, seed);

    internal override void CheckRanges() => Kind.Check(this);
}
