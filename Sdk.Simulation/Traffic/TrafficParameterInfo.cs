namespace PollScale.Simulation.Traffic;

/// <summary>What a user is told of a traffic model's parameter.</summary>
/// <param name="Name">Name.</param>
/// <param name="Description">One line.</param>
/// <param name="Default">Value when left out, for the default reference rate.</param>
/// <param name="Allowed">Range and units.</param>
public sealed record TrafficParameterInfo(string Name, string Description, string Default, string Allowed)
{
    /// <summary>Names that it had in earlier versions; they are still read.</summary>
    public IReadOnlyList<string> FormerNames { get; init; } = [];
}
