using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>Poisson arrivals: many independent senders.</summary>
internal sealed record PoissonTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<PoissonTraffic> Kind = new("poisson", "Poisson arrivals", RateParameters<PoissonTraffic>.WithCommon(
        RateParameters<PoissonTraffic>.Rate("rate", "mean rate", m => m.Rate, (m, v) => m with { Rate = v })));

    /// <summary>Mean rate in packets per second.</summary>
    public double Rate { get; init; } = 0.5 * TrafficDefaults.ReferenceRate;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Rate;

    internal override IRateProcess Rates(ulong seed) => SegmentCycle.Constant(Rate);

    internal override void CheckRanges() => Kind.Check(this);
}
