namespace PollScale.Governors;

/// <summary>Estimates how long a call to the host takes from how long the last ones took; one outlier moves it little.</summary>
internal struct CallTime
{
    private const double Gain = 0.125;
    private const double MostStep = 4;

    /// <param name="ticks">Round trip, until measured.</param>
    public CallTime(double ticks) => Ticks = Math.Max(1, ticks);

    /// <summary>Round trip in ticks, 1 or more.</summary>
    public double Ticks { get; private set; }

    /// <summary>Takes in the round trip of a call; 0 for a sample without one.</summary>
    public void Observe(double ticks)
    {
        if (ticks > 0)
        {
            Ticks += (Math.Min(ticks, Ticks * MostStep) - Ticks) * Gain;
        }
    }
}
