using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>Poisson arrivals on a queue that is nearly always empty: what a governor costs when there is nothing to do.</summary>
internal sealed record SparseTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<SparseTraffic> Kind = new("sparse", "Poisson arrivals on a nearly idle queue", RateParameters<SparseTraffic>.WithCommon(
        RateParameters<SparseTraffic>.Rate("rate", "mean rate", m => m.Rate, (m, v) => m with { Rate = v })));

    /// <summary>Mean rate in packets per second.</summary>
    public double Rate { get; init; } = 0.005 * TrafficDefaults.ReferenceRate;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Rate;

    internal override IRateProcess Rates(ulong seed) => SegmentCycle.Constant(Rate);

    internal override void CheckRanges() => Kind.Check(this);
}
