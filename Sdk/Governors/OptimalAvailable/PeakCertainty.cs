namespace PollScale.Governors;

/// <summary>Whether the line that was stated can be relied on, by what the fastest P-state may serve as learned.</summary>
/// <param name="peak">The line, packets per tick; 0 where none was stated.</param>
/// <param name="service">What P-states serve.</param>
/// <param name="fastest">The fastest P-state.</param>
internal sealed class PeakCertainty(double peak, ServiceRates service, int fastest)
{
    // A line that is not much faster than the core is one that the bounds still serve best; and what the core serves at its fastest may be learned badly.
    private const double Tolerance = 1.25, Doubt = 1.1;
    private int _judged;

    /// <summary>Bounds are kept by it.</summary>
    public bool IsCertain { get; private set; }

    /// <summary>Peaks are learned beside it, before they are needed.</summary>
    public bool MayFail { get; private set; }

    /// <summary>Judges anew where costs were learned since: while they still are, a line as fast as the core must not count as faster, for without the line no loss is ruled out.</summary>
    public void Judge()
    {
        if (_judged == service.Version)
        {
            return;
        }

        _judged = service.Version;
        double possible = service.Possible(fastest);
        IsCertain = peak > 0 && peak <= possible * Tolerance;
        MayFail = !(peak > 0 && peak <= possible * Doubt);
    }
}
