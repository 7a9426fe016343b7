using PollScale.Randomness;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>Several kinds of traffic at once, each with a seed of its own; on the command line joined by +.</summary>
internal sealed class SuperposedTraffic : ITrafficModel
{
    /// <summary>Most parts.</summary>
    public const int MaxParts = 64;

    /// <summary>What joins the names of parts.</summary>
    internal const char Joiner = '+';

    /// <summary>Superposes traffic. Parts that are superpositions themselves count as their parts.</summary>
    /// <exception cref="TrafficModelException">There is no part, or more than <see cref="MaxParts"/>.</exception>
    public SuperposedTraffic(params IEnumerable<ITrafficModel> parts)
    {
        Parts = [.. parts.SelectMany(p => p is SuperposedTraffic several ? several.Parts : [p])];
        if (Parts.Count is 0 or > MaxParts)
        {
            throw new TrafficModelException($"superposition: {Parts.Count} parts, but 1..{MaxParts} are allowed: leave some out.");
        }
    }

    /// <summary>The parts.</summary>
    public IReadOnlyList<ITrafficModel> Parts { get; }

    /// <inheritdoc/>
    public string Name => string.Join(Joiner, Parts.Select(p => p.Name));

    /// <summary>Sum of the parts' peak rates.</summary>
    public double PeakRate => Parts.Sum(p => p.PeakRate);

    /// <inheritdoc/>
    public bool KeepsTo(double rate) => PeakRate <= rate && Parts.All(part => part.KeepsTo(part.PeakRate));

    /// <inheritdoc/>
    public IArrivals Start(ulong seed, long duration) =>
        new MergedArrivals([.. Parts.Select((p, i) => p.Start(SplitMix64.Stream(seed, i), duration))]);

    /// <summary>The name, as the command line takes it.</summary>
    public override string ToString() => Name;
}
