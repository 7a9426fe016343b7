using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// Bursts at one rate and silence in turn, each of one length; begins with silence. With the line rate it is the harshest load that a
/// traffic contract allows.
/// </summary>
internal sealed record LineRateTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<LineRateTraffic> Kind = new("line-on-off", "bursts at full rate and silence in turn", RateParameters<LineRateTraffic>.WithCommon(
        RateParameters<LineRateTraffic>.Rate("rate", "rate of a burst", m => m.Rate, (m, v) => m with { Rate = v }),
        RateParameters<LineRateTraffic>.Time("on", "length of a burst", m => m.On, (m, v) => m with { On = v }),
        RateParameters<LineRateTraffic>.Time("off", "silence between bursts", m => m.Off, (m, v) => m with { Off = v })));

    /// <summary>Traffic with the default parameters.</summary>
    public LineRateTraffic() => Spacing = Spacing.Even;

    /// <summary>Rate of a burst in packets per second.</summary>
    public double Rate { get; init; } = TrafficDefaults.ReferenceRate;

    /// <summary>Length of a burst in simulated time.</summary>
    public long On { get; init; } = SimTime.Millisecond;

    /// <summary>Silence between bursts in simulated time.</summary>
    public long Off { get; init; } = 4 * SimTime.Millisecond;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Rate;

    internal override IRateProcess Rates(ulong seed) => new SegmentCycle([new RateSegment(Off, 0), new RateSegment(On, Rate)]);

    internal override void CheckRanges() => Kind.Check(this);
}
