using PollScale.Notation;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// Bursts at full rate after quiet times that sweep a range in equal ratios: whatever time a governor takes to go down, some burst
/// comes just after it went. A burst longer than a governor's reaction fills the ring as far as this traffic can.
/// </summary>
internal sealed record AdversaryTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<AdversaryTraffic> Kind = new("adversary", "bursts at full rate after quiet times that sweep a range", RateParameters<AdversaryTraffic>.WithCommon(
        RateParameters<AdversaryTraffic>.Rate("rate", "rate of a burst", m => m.Rate, (m, v) => m with { Rate = v }),
        RateParameters<AdversaryTraffic>.Time("on", "length of a burst", m => m.On, (m, v) => m with { On = v }),
        RateParameters<AdversaryTraffic>.Time("quiet", "shortest quiet time", m => m.Quiet, (m, v) => m with { Quiet = v }),
        RateParameters<AdversaryTraffic>.Time("longest", "longest quiet time", m => m.Longest, (m, v) => m with { Longest = v }),
        new NumberSetting<AdversaryTraffic>("steps", "quiet times from the shortest to the longest", Quantity.Count, 1, 1000, m => m.Steps, (m, v) => m with { Steps = (int)v })));

    /// <summary>Traffic with the default parameters.</summary>
    public AdversaryTraffic() => Spacing = Spacing.Even;

    /// <summary>Rate of a burst in packets per second.</summary>
    public double Rate { get; init; } = TrafficDefaults.ReferenceRate;

    /// <summary>Length of a burst in simulated time.</summary>
    public long On { get; init; } = SimTime.Millisecond;

    /// <summary>Shortest quiet time in simulated time.</summary>
    public long Quiet { get; init; } = 500 * SimTime.Microsecond;

    /// <summary>Longest quiet time in simulated time.</summary>
    public long Longest { get; init; } = 20 * SimTime.Millisecond;

    /// <summary>How many quiet times there are from the shortest to the longest, 1 .. 1000.</summary>
    public int Steps { get; init; } = 16;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Rate;

    internal override IRateProcess Rates(ulong seed) => new SegmentCycle(
        [.. Enumerable.Range(0, Steps).SelectMany(i => (RateSegment[])[new RateSegment(QuietTime(i), 0), new RateSegment(On, Rate)])]);

    internal override void CheckRanges() => Kind.Check(this);

    internal override void CheckTogether()
    {
        if (Longest < Quiet)
        {
            throw Refused("longest cannot be shorter than quiet: raise longest.");
        }
    }

    private long QuietTime(int step) =>
        Steps == 1 ? Quiet : (long)(Quiet * Math.Pow((double)Longest / Quiet, step / (double)(Steps - 1)));
}
