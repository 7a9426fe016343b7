using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Models;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>Bursts at full rate after silences, by a list that begins anew at its end. <see cref="AdversarySearch"/> looks for the worst.</summary>
internal sealed record AdversarialSchedule : RateTraffic
{
    /// <summary>Most pairs.</summary>
    public const int MaxPairs = 1000;

    internal const long LeastBurst = 100 * SimTime.Nanosecond;
    internal const long MostTime = 1000 * SimTime.Second;

    internal static readonly TrafficKindOf<AdversarialSchedule> Kind = new("schedule", "silences and bursts at full rate by a list", RateParameters<AdversarialSchedule>.WithCommon(
        RateParameters<AdversarialSchedule>.Rate("rate", "rate of a burst", m => m.Rate, (m, v) => m with { Rate = v }),
        new PairsParameter()));

    /// <summary>A schedule with the default list: 4 ms of silence, 1 ms of burst.</summary>
    public AdversarialSchedule() => Spacing = Spacing.Even;

    /// <summary>Rate of a burst in packets per second.</summary>
    public double Rate { get; init; } = TrafficDefaults.ReferenceRate;

    /// <summary>Silences and bursts, 1 .. <see cref="MaxPairs"/> pairs.</summary>
    public IReadOnlyList<QuietBurst> Pairs { get; init; } = [new(4 * SimTime.Millisecond, SimTime.Millisecond)];

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Rate;

    /// <summary>Same rate, spacing, line and list.</summary>
    public bool Equals(AdversarialSchedule? other) => base.Equals(other) && Rate == other.Rate && Pairs.SequenceEqual(other.Pairs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Rate, Pairs.Count, Pairs.Count > 0 ? Pairs[0] : default);

    internal override IRateProcess Rates(ulong seed) => new SegmentCycle([.. Pairs.SelectMany(Segments)]);

    internal override void CheckRanges() => Kind.Check(this);

    private IEnumerable<RateSegment> Segments(QuietBurst pair) => pair.Quiet > 0
        ? [new RateSegment(pair.Quiet, 0), new RateSegment(pair.Burst, Rate)]
        : [new RateSegment(pair.Burst, Rate)];
}
