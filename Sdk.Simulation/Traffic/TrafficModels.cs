using PollScale.Notation;
using PollScale.Simulation.Traffic.Adversary;
using PollScale.Simulation.Traffic.Models;
using PollScale.Simulation.Traffic.Parsing;

namespace PollScale.Simulation.Traffic;

/// <summary>Traffic models by name, as the command line takes them: <c>poisson:rate=2Mpps,line=none</c>; several at once joined by +.</summary>
public static class TrafficModels
{
    private static readonly TrafficKind[] s_kinds =
    [
        ConstantTraffic.Kind,
        PoissonTraffic.Kind,
        MmppTraffic.Kind,
        OnOffTraffic.Kind,
        SelfSimilarTraffic.Kind,
        StepTraffic.Kind,
        SquareTraffic.Kind,
        RampTraffic.Kind,
        DiurnalTraffic.Kind,
        MicroburstTraffic.Kind,
        LineRateTraffic.Kind,
        SparseTraffic.Kind,
        AdversaryTraffic.Kind,
        AdversarialSchedule.Kind,
        ImixTraffic.Kind,
        BurstyTraffic.Kind,
    ];

    /// <summary>Every model that <see cref="Parse"/> knows, with its parameters.</summary>
    public static IReadOnlyList<TrafficModelInfo> All { get; } = [.. s_kinds.Select(k => k.Describe())];

    /// <summary>Reads traffic. A model's <see cref="ITrafficModel.Name"/> gives the same traffic again with the default reference rate.</summary>
    /// <param name="text"><c>model:parameter=value,...</c>, several joined by +. Rates are in pps, kpps, Mpps or %, times in ns, us, ms, s, m or h.</param>
    /// <param name="referenceRate">
    /// Rate in packets per second that % and the models' defaults are shares of, 1 kpps .. 500 Mpps; by default
    /// <see cref="TrafficDefaults.ReferenceRate"/>.
    /// </param>
    /// <exception cref="TrafficModelException">The text names no such traffic; the message says model, parameter, value and what is allowed.</exception>
    public static ITrafficModel Parse(string text, double? referenceRate = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        double reference = referenceRate ?? TrafficDefaults.ReferenceRate;
        if (!(reference is >= 1e3 and <= 500e6))
        {
            throw new TrafficModelException($"traffic: the reference rate cannot be {reference} packets per second: it takes 1000..500000000.");
        }

        string[] parts = text.Split(SuperposedTraffic.Joiner);
        return parts.Length switch
        {
            1 => ParseOne(text, reference),
            <= SuperposedTraffic.MaxParts => new SuperposedTraffic(parts.Select(p => ParseOne(p, reference))),
            _ => throw new TrafficModelException($"traffic: {parts.Length} models joined by {SuperposedTraffic.Joiner}, but at most {SuperposedTraffic.MaxParts} are allowed: leave some out."),
        };
    }

    private static ITrafficModel ParseOne(string text, double reference)
    {
        (string name, string? parameters) = SpecText.Split(text);
        TrafficKind kind = s_kinds.Concat(FormerTraffic.All).FirstOrDefault(k => k.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new TrafficModelException($"traffic: '{ShownText.Of(name)}' is no model: use {string.Join(", ", s_kinds.Select(k => k.Name))}.");
        return kind.Read(parameters, reference);
    }
}
