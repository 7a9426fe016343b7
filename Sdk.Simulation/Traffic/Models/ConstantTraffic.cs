using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>Packets at a constant rate (CBR), the first at 0.</summary>
internal sealed record ConstantTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<ConstantTraffic> Kind = new("constant", "constant rate, evenly spaced", RateParameters<ConstantTraffic>.WithCommon(
        RateParameters<ConstantTraffic>.Rate("rate", "rate", m => m.Rate, (m, v) => m with { Rate = v })));

    /// <summary>Traffic with the default parameters.</summary>
    public ConstantTraffic() => Spacing = Spacing.Even;

    /// <summary>Rate in packets per second.</summary>
    public double Rate { get; init; } = 0.5 * TrafficDefaults.ReferenceRate;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Rate;

    internal override IRateProcess Rates(ulong seed) => SegmentCycle.Constant(Rate);

    internal override void CheckRanges() => Kind.Check(this);
}
