namespace PollScale.Simulation.Traffic.Rates;

/// <summary>A span of constant rate.</summary>
/// <param name="Length">How long, in simulated time, 1 or more.</param>
/// <param name="Rate">Packets a second, 0 for silence.</param>
internal readonly record struct RateSegment(long Length, double Rate)
{
    /// <summary>
    /// Longest segment that arrivals are made of at once, 1,000 s: a position in it is a <see cref="double"/> that still tells picoseconds apart.
    /// Traffic that stays at a rate for ever says so again and again.
    /// </summary>
    public const long Longest = 1_000_000_000_000_000;
}
