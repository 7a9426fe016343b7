using PollScale.Notation;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// ON/OFF sources superposed, with lognormal ON and OFF times, as Benson, Akella and Maltz found at data centre edges ("Network traffic
/// characteristics of data centers in the wild", IMC 2010). They found lognormal gaps within ON times too; here those follow
/// <see cref="Spacing"/>, since the sum of many sources hides them. Started in the steady state.
/// </summary>
internal sealed record OnOffTraffic : RateTraffic
{
    internal static readonly TrafficKindOf<OnOffTraffic> Kind = new("on-off", "superposed sources with lognormal ON and OFF times", RateParameters<OnOffTraffic>.WithCommon(
        new NumberSetting<OnOffTraffic>("sources", "number of sources", Quantity.Count, 1, 256, m => m.Sources, (m, v) => m with { Sources = (int)v }),
        RateParameters<OnOffTraffic>.Rate("rate", "rate of one source while ON", m => m.Rate, (m, v) => m with { Rate = v }),
        RateParameters<OnOffTraffic>.RateOrZero("low", "rate of one source while OFF", m => m.Low, (m, v) => m with { Low = v }),
        RateParameters<OnOffTraffic>.Time("on", "mean ON time", m => m.On, (m, v) => m with { On = v }),
        RateParameters<OnOffTraffic>.Sigma("on-sigma", "sigma of the logarithm of ON times", m => m.OnSigma, (m, v) => m with { OnSigma = v }),
        RateParameters<OnOffTraffic>.Time("off", "mean OFF time", m => m.Off, (m, v) => m with { Off = v }),
        RateParameters<OnOffTraffic>.Sigma("off-sigma", "sigma of the logarithm of OFF times", m => m.OffSigma, (m, v) => m with { OffSigma = v })));

    /// <summary>Number of sources, 1 .. 256.</summary>
    public int Sources { get; init; } = 20;

    /// <summary>Rate of one source while ON, in packets per second.</summary>
    public double Rate { get; init; } = 0.08 * TrafficDefaults.ReferenceRate;

    /// <summary>Rate of one source while OFF, in packets per second.</summary>
    public double Low { get; init; }

    /// <summary>Mean ON time in simulated time.</summary>
    public long On { get; init; } = 2 * SimTime.Millisecond;

    /// <summary>Standard deviation of the logarithm of ON times, 0 .. 3.</summary>
    public double OnSigma { get; init; } = 1;

    /// <summary>Mean OFF time in simulated time.</summary>
    public long Off { get; init; } = 6 * SimTime.Millisecond;

    /// <summary>Standard deviation of the logarithm of OFF times, 0 .. 3.</summary>
    public double OffSigma { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => Kind.Format(this);

    internal override double HighestRate => Sources * Math.Max(Rate, Low);

    // All sources ON at once is rare: then they share the line.
    internal override double RateOnLine => Sources * Source.MeanRate;

    private SwitchingSource Source => new(Low, Dwell.Lognormal(Off, OffSigma), Rate, Dwell.Lognormal(On, OnSigma));

    internal override IRateProcess Rates(ulong seed) => new SwitchingRates(seed, [.. Enumerable.Repeat(Source, Sources)]);

    internal override void CheckRanges() => Kind.Check(this);
}
