using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>A rate that goes from one value to another in 256 equal steps, and stays there.</summary>
internal sealed record RampTraffic : RateTraffic
{
    private const int Steps = 256;

    internal static readonly TrafficKindOf<RampTraffic> Kind = new("ramp", "a rate that rises steadily, then stays", RateParameters<RampTraffic>.WithCommon(
        RateParameters<RampTraffic>.RateOrZero("from", "rate at the start", m => m.From, (m, v) => m with { From = v }),
        RateParameters<RampTraffic>.RateOrZero("to", "rate at the end of the ramp", m => m.To, (m, v) => m with { To = v }),
        RateParameters<RampTraffic>.Time("time", "length of the ramp", m => m.Time, (m, v) => m with { Time = v }, "over")));

    /// <summary>Rate at the start, in packets per second.</summary>
    public double From { get; init; }

    /// <summary>Rate at the end of the ramp and from then on, in packets per second.</summary>
    public double To { get; init; } = 0.95 * TrafficDefaults.ReferenceRate;

    /// <summary>Length of the ramp in simulated time.</summary>
    public long Time { get; init; } = SimTime.Second;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Math.Max(From, To);

    internal override IRateProcess Rates(ulong seed) => new SegmentCycle(
        [.. Enumerable.Range(0, Steps).Select(i => new RateSegment(Time / Steps, From + ((To - From) * (i + 0.5) / Steps))),
        new RateSegment(RateSegment.Longest, To)],
        loopFrom: Steps);

    internal override void CheckRanges() => Kind.Check(this);
}
