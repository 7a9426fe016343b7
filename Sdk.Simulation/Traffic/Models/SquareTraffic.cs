using PollScale.Notation;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>A square wave between two rates; a period begins with the high one.</summary>
internal sealed record SquareTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<SquareTraffic> Kind = new("square", "a square wave between two rates", RateParameters<SquareTraffic>.WithCommon(
        RateParameters<SquareTraffic>.RateOrZero("low", "low rate", m => m.Low, (m, v) => m with { Low = v }),
        RateParameters<SquareTraffic>.RateOrZero("high", "high rate", m => m.High, (m, v) => m with { High = v }),
        RateParameters<SquareTraffic>.Time("period", "period", m => m.Period, (m, v) => m with { Period = v }),
        new NumberSetting<SquareTraffic>("duty", "share of the period at the high rate", Quantity.Share, 0.01, 0.99, m => m.Duty, (m, v) => m with { Duty = v })));

    /// <summary>Low rate in packets per second.</summary>
    public double Low { get; init; } = 0.1 * TrafficDefaults.ReferenceRate;

    /// <summary>High rate in packets per second.</summary>
    public double High { get; init; } = 0.9 * TrafficDefaults.ReferenceRate;

    /// <summary>Period in simulated time.</summary>
    public long Period { get; init; } = 50 * SimTime.Millisecond;

    /// <summary>Share of the period at the high rate, 0.01 .. 0.99.</summary>
    public double Duty { get; init; } = 0.5;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Math.Max(Low, High);

    private long HighTime => (long)(Duty * Period);

    internal override IRateProcess Rates(ulong seed) => new SegmentCycle([new RateSegment(HighTime, High), new RateSegment(Period - HighTime, Low)]);

    internal override void CheckRanges() => Kind.Check(this);
}
