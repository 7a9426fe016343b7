using PollScale.Simulation.Traffic.Models;

namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>
/// Kinds of traffic under names of earlier versions that no longer are a kind of their own. They are read, not listed; what they make
/// says its present name.
/// </summary>
internal static class FormerTraffic
{
    /// <summary>One source between two rates, its times fixed unless sigma says otherwise.</summary>
    private static readonly TrafficKindOf<OnOffTraffic> s_onOff = new(
        "onoff", "one on-off source", new OnOffTraffic { Sources = 1, OnSigma = 0, OffSigma = 0, Spacing = Spacing.Even }, RateParameters<OnOffTraffic>.WithCommon(
            RateParameters<OnOffTraffic>.RateOrZero("low", "rate while OFF", m => m.Low, (m, v) => m with { Low = v }),
            RateParameters<OnOffTraffic>.Rate("high", "rate while ON", m => m.Rate, (m, v) => m with { Rate = v }),
            RateParameters<OnOffTraffic>.Time("on", "mean ON time", m => m.On, (m, v) => m with { On = v }),
            RateParameters<OnOffTraffic>.Time("off", "mean OFF time", m => m.Off, (m, v) => m with { Off = v }),
            RateParameters<OnOffTraffic>.Sigma("sigma", "sigma of the logarithm of both times", m => m.OnSigma, (m, v) => m with { OnSigma = v, OffSigma = v })));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TrafficKind> All { get; } = [s_onOff];
}
