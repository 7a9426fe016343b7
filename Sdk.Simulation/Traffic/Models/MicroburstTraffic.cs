using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// Short bursts far above the service rate, with random gaps. Zhang, Liu, Zeng and Krishnamurthy ("High-resolution measurement of data
/// center microbursts", IMC 2017) saw more than 70 % of bursts last at most tens of us: so does a lognormal of mean 60 us and sigma 1.
/// </summary>
internal sealed record MicroburstTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<MicroburstTraffic> Kind = new("microburst", "bursts of tens of us at a multiple of the service rate", RateParameters<MicroburstTraffic>.WithCommon(
        RateParameters<MicroburstTraffic>.Rate("rate", "rate within a burst", m => m.Rate, (m, v) => m with { Rate = v }),
        RateParameters<MicroburstTraffic>.RateOrZero("base", "rate between bursts", m => m.Base, (m, v) => m with { Base = v }),
        RateParameters<MicroburstTraffic>.Time("burst", "mean length of a burst", m => m.Burst, (m, v) => m with { Burst = v }),
        RateParameters<MicroburstTraffic>.Sigma("burst-sigma", "sigma of the logarithm of burst lengths", m => m.BurstSigma, (m, v) => m with { BurstSigma = v }),
        RateParameters<MicroburstTraffic>.Time("gap", "mean time between bursts", m => m.Gap, (m, v) => m with { Gap = v }),
        RateParameters<MicroburstTraffic>.Sigma("gap-sigma", "sigma of the logarithm of gaps", m => m.GapSigma, (m, v) => m with { GapSigma = v })));

    /// <summary>Traffic with the default parameters.</summary>
    public MicroburstTraffic() => Spacing = Spacing.Even;

    /// <summary>Rate within a burst, in packets per second.</summary>
    public double Rate { get; init; } = 2.0 * TrafficDefaults.ReferenceRate;

    /// <summary>Rate between bursts, in packets per second.</summary>
    public double Base { get; init; }

    /// <summary>Mean length of a burst in simulated time.</summary>
    public long Burst { get; init; } = 60 * SimTime.Microsecond;

    /// <summary>Standard deviation of the logarithm of burst lengths, 0 .. 3.</summary>
    public double BurstSigma { get; init; } = 1;

    /// <summary>Mean time between bursts in simulated time.</summary>
    public long Gap { get; init; } = SimTime.Millisecond;

    /// <summary>Standard deviation of the logarithm of gaps, 0 .. 3.</summary>
    public double GapSigma { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Math.Max(Rate, Base);

    internal override IRateProcess Rates(ulong seed) => new SwitchingRates(
        seed, new SwitchingSource(Base, Dwell.Lognormal(Gap, GapSigma), Rate, Dwell.Lognormal(Burst, BurstSigma)));

    internal override void CheckRanges() => Kind.Check(this);
}
