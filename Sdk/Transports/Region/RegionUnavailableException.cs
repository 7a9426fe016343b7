namespace PollScale.Transports;

/// <summary>The shared page cannot be used.</summary>
internal sealed class RegionUnavailableException : FrequencyControlUnavailableException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="why">What was found, a sentence.</param>
    /// <param name="remedy">What to do.</param>
    /// <param name="cause">Cause; null for none.</param>
    public RegionUnavailableException(string why, string remedy, Exception? cause = null)
        : base($"{why} {remedy}", cause!)
    {
        Why = why;
        Remedy = remedy;
    }

    /// <summary>What was found.</summary>
    public string Why { get; }

    /// <summary>What to do.</summary>
    public string Remedy { get; }
}
