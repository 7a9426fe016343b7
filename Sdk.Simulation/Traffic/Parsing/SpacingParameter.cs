using PollScale.Notation;

namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>The parameter that chooses a <see cref="Spacing"/>.</summary>
internal static class SpacingParameter
{
    public static Setting<T> Of<T>(Func<T, Spacing> get, Func<T, Spacing, T> with) =>
        new ChoiceSetting<T, Spacing>("spacing", "gaps between packets at a constant rate", [("even", Spacing.Even), ("poisson", Spacing.Poisson), ("paced", Spacing.Even)], get, with)
        {
            FormerNames = ["arrivals"],
        };
}
