using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>A day of traffic pressed into seconds: a sine between a low and a high rate in 256 equal steps a period, begun at the low.</summary>
internal sealed record DiurnalTraffic : RateTraffic
{
    private const int Steps = 256;

    internal static readonly TrafficKindOf<DiurnalTraffic> Kind = new("diurnal", "a sine between two rates, a day pressed into seconds", RateParameters<DiurnalTraffic>.WithCommon(
        RateParameters<DiurnalTraffic>.RateOrZero("low", "rate at night", m => m.Low, (m, v) => m with { Low = v }),
        RateParameters<DiurnalTraffic>.RateOrZero("high", "rate at noon", m => m.High, (m, v) => m with { High = v }),
        RateParameters<DiurnalTraffic>.Time("period", "length of a day", m => m.Period, (m, v) => m with { Period = v })));

    /// <summary>Lowest rate in packets per second.</summary>
    public double Low { get; init; } = 0.05 * TrafficDefaults.ReferenceRate;

    /// <summary>Highest rate in packets per second.</summary>
    public double High { get; init; } = 0.7 * TrafficDefaults.ReferenceRate;

    /// <summary>Period in simulated time.</summary>
    public long Period { get; init; } = 2 * SimTime.Second;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Math.Max(Low, High);

    internal override IRateProcess Rates(ulong seed) => new SegmentCycle(
        [.. Enumerable.Range(0, Steps).Select(i => new RateSegment(Period / Steps, RateAt((i + 0.5) / Steps)))]);

    internal override void CheckRanges() => Kind.Check(this);

    private double RateAt(double day) => Low + ((High - Low) * (1 - Math.Cos(2 * Math.PI * day)) / 2);
}
