using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>A low rate, and from one moment on a high one, for good or for a while: how fast a governor settles.</summary>
internal sealed record StepTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<StepTraffic> Kind = new("step", "a low rate that steps up once, for good or for a while", RateParameters<StepTraffic>.WithCommon(
        RateParameters<StepTraffic>.RateOrZero("low", "rate before the step", m => m.Low, (m, v) => m with { Low = v }),
        RateParameters<StepTraffic>.RateOrZero("high", "rate after the step", m => m.High, (m, v) => m with { High = v }),
        RateParameters<StepTraffic>.Time("at", "time of the step", m => m.At, (m, v) => m with { At = v }),
        RateParameters<StepTraffic>.TimeOrNone("for", "how long the high rate lasts; none for ever", m => m.For, (m, v) => m with { For = v })));

    /// <summary>Rate before the step, in packets per second.</summary>
    public double Low { get; init; } = 0.1 * TrafficDefaults.ReferenceRate;

    /// <summary>Rate after the step, in packets per second.</summary>
    public double High { get; init; } = 0.9 * TrafficDefaults.ReferenceRate;

    /// <summary>When the rate steps, in simulated time.</summary>
    public long At { get; init; } = 500 * SimTime.Millisecond;

    /// <summary>How long the high rate lasts before the low one comes back, in simulated time; null for ever.</summary>
    public long? For { get; init; }

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Math.Max(Low, High);

    internal override IRateProcess Rates(ulong seed) => For is long length
        ? new SegmentCycle([new RateSegment(At, Low), new RateSegment(length, High), new RateSegment(RateSegment.Longest, Low)], loopFrom: 2)
        : new SegmentCycle([new RateSegment(At, Low), new RateSegment(RateSegment.Longest, High)], loopFrom: 1);

    internal override void CheckRanges() => Kind.Check(this);
}
