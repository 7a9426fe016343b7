namespace PollScale.HostStub.Frequency;

/// <summary>One P-state of a power model.</summary>
/// <param name="KHz">Frequency in kHz.</param>
/// <param name="StaticWatts">Power drawn at any frequency, in W.</param>
/// <param name="DynamicWatts">Power a core busy all the time adds at this frequency, in W.</param>
internal readonly record struct PStateEntry(uint KHz, double StaticWatts, double DynamicWatts)
{
    /// <summary>Power of a core that polls all the time, in W.</summary>
    public double Watts => StaticWatts + DynamicWatts;
}
