using PollScale.Notation;
using PollScale.Simulation.Costs.Kinds;

namespace PollScale.Simulation.Costs;

/// <summary>How what packets cost varies: factors of several kinds, multiplied, and steals. Texts join kinds by +: <c>flows:count=16+steal</c>.</summary>
internal sealed record PacketCosts
{
    private const char Joiner = '+';

    /// <summary>Costs of some terms.</summary>
    public PacketCosts(params IReadOnlyList<CostTerm> terms) => Terms = terms;

    /// <summary>Every kind that <see cref="Parse"/> knows.</summary>
    public static IReadOnlyList<CostKind> Kinds { get; } = [FlowCosts.Kind, SizeCosts.Kind, StepCosts.Kind, BurstCosts.Kind, StealCosts.Kind, CoolingCosts.Kind];

    /// <summary>The kinds, their parameters, what those take and are by default, for a help page.</summary>
    public static string Help { get; } = string.Join('\n', Kinds.Select(kind =>
        $"  {kind.Name,-10} {kind.Description}\n{string.Join('\n', kind.Parameters.Select(p => $"    {p.Name,-8} {p.Range} [{p.Default}]  {p.Summary}"))}"));

    /// <summary>The terms.</summary>
    public IReadOnlyList<CostTerm> Terms { get; }

    /// <summary>The text that gives the same costs again.</summary>
    public string Name => string.Join(Joiner, Terms.Select(term => term.Name));

    /// <summary>Highest factor on what packets cost, as far as the terms bound it.</summary>
    public double Highest => Terms.Aggregate(1.0, (product, term) => product * term.Highest);

    /// <summary>Reads costs.</summary>
    /// <exception cref="FormatException">The text names no such costs; the message says what is wrong and what is allowed.</exception>
    public static PacketCosts Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new([.. text.Split(Joiner).Select(ParseOne)]);
    }

    /// <summary>Begins them for one run.</summary>
    public CostRun Start(ulong seed) => new([.. Terms.Select((term, i) => term.Start(Randomness.SplitMix64.Stream(seed, i)))]);

    private static CostTerm ParseOne(string text)
    {
        (string name, string? parameters) = SpecText.Split(text);
        CostKind kind = Kinds.FirstOrDefault(kind => kind.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new FormatException($"'{ShownText.Of(name)}' is no kind of cost: use {string.Join(", ", Kinds.Select(known => known.Name))}.");
        return kind.Read(parameters);
    }
}
