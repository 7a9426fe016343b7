using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>A low rate, and from one moment on a high one: how fast a governor settles.</summary>
public sealed record StepTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<StepTraffic> Kind = new("step", "a low rate that steps up once", RateParameters<StepTraffic>.WithCommon(
        RateParameters<StepTraffic>.RateOrZero("low", "rate before the step", m => m.Low, (m, v) => m with { Low = v }),
        RateParameters<StepTraffic>.RateOrZero("high", "rate after the step", m => m.High, (m, v) => m with { High = v }),
        RateParameters<StepTraffic>.Time("at", "time of the step", m => m.At, (m, v) => m with { At = v })));

    /// <summary>Rate before the step, in packets per second.</summary>
    public double Low { get; init; } = 0.1 * TrafficDefaults.ReferenceRate;

    /// <summary>Rate after the step, in packets per second.</summary>
    public double High { get; init; } = 0.9 * TrafficDefaults.ReferenceRate;

    /// <summary>When the rate steps, in simulated time.</summary>
    public long At { get; init; } = 500 * SimTime.Millisecond;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Math.Max(Low, High);

    internal override IRateProcess Rates(ulong seed) => new SegmentCycle([new RateSegment(At, Low), new RateSegment(RateSegment.Longest, High)], loopFrom: 1);

    internal override void CheckRanges() => Kind.Check(this);
}
