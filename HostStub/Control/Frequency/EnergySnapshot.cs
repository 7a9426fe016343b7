namespace PollScale.HostStub.Frequency;

/// <summary>Residency and modelled energy over a span of time.</summary>
/// <param name="ResidencySeconds">Seconds in each P-state, index 0 first.</param>
/// <param name="Watts">Watts of each P-state; all 0 where they are not known.</param>
/// <param name="Transitions">Changes that took effect.</param>
internal sealed record EnergySnapshot(IReadOnlyList<double> ResidencySeconds, IReadOnlyList<double> Watts, ulong Transitions)
{
    /// <summary>Length of the span, s.</summary>
    public double Seconds => ResidencySeconds.Sum();

    /// <summary>False where no power is known, so that joules mean nothing.</summary>
    public bool HasPower => Watts.Any(watts => watts > 0);

    /// <summary>Energy drawn, J.</summary>
    public double Joules => ResidencySeconds.Zip(Watts, (s, w) => s * w).Sum();

    /// <summary>Energy had the fastest P-state been kept throughout, J.</summary>
    public double FastestJoules => Seconds * Watts[0];

    /// <summary>Energy saved against always-fastest, %; 0 for an empty span.</summary>
    public double SavedPercent => SavedPercentWithout(0);

    /// <summary>The same where so many joules were not drawn, because the core slept.</summary>
    public double SavedPercentWithout(double joules) => FastestJoules > 0 ? 100 * (1 - ((Joules - joules) / FastestJoules)) : 0;

    /// <summary>Share of the span in each P-state, %.</summary>
    public IReadOnlyList<double> ResidencyPercent
    {
        get
        {
            double seconds = Seconds;
            return [.. ResidencySeconds.Select(s => seconds > 0 ? 100 * s / seconds : 0)];
        }
    }

    /// <summary>The span from <paramref name="earlier"/> to this snapshot of the same backend.</summary>
    public EnergySnapshot Since(EnergySnapshot earlier) => new(
        [.. ResidencySeconds.Zip(earlier.ResidencySeconds, (now, then) => now - then)],
        Watts,
        Transitions - earlier.Transitions);
}
