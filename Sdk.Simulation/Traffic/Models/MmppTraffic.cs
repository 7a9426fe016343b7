using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// A Markov-modulated Poisson process of two phases (Fischer and Meier-Hellstern, "The Markov-modulated Poisson process cookbook",
/// Performance Evaluation 18(2) 1993): exponential stays, started in the steady state.
/// </summary>
internal sealed record MmppTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<MmppTraffic> Kind = new("mmpp", "two-phase Markov-modulated Poisson process", RateParameters<MmppTraffic>.WithCommon(
        RateParameters<MmppTraffic>.RateOrZero("low", "rate in the low phase", m => m.Low, (m, v) => m with { Low = v }),
        RateParameters<MmppTraffic>.RateOrZero("high", "rate in the high phase", m => m.High, (m, v) => m with { High = v }),
        RateParameters<MmppTraffic>.Time("low-time", "mean stay in the low phase", m => m.LowTime, (m, v) => m with { LowTime = v }),
        RateParameters<MmppTraffic>.Time("high-time", "mean stay in the high phase", m => m.HighTime, (m, v) => m with { HighTime = v })));

    /// <summary>Rate in the low phase, in packets per second.</summary>
    public double Low { get; init; } = 0.08 * TrafficDefaults.ReferenceRate;

    /// <summary>Rate in the high phase, in packets per second.</summary>
    public double High { get; init; } = 0.8 * TrafficDefaults.ReferenceRate;

    /// <summary>Mean stay in the low phase, in simulated time.</summary>
    public long LowTime { get; init; } = 20 * SimTime.Millisecond;

    /// <summary>Mean stay in the high phase, in simulated time.</summary>
    public long HighTime { get; init; } = 5 * SimTime.Millisecond;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Math.Max(Low, High);

    internal override IRateProcess Rates(ulong seed) => new SwitchingRates(seed, new SwitchingSource(Low, Dwell.Exponential(LowTime), High, Dwell.Exponential(HighTime)));

    internal override void CheckRanges() => Kind.Check(this);
}
