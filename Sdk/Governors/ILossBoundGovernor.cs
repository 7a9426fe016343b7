namespace PollScale.Governors;

/// <summary>A governor that asks for the fastest P-state before the ring could overflow, as a <see cref="LossCertificate"/> presumes.</summary>
public interface ILossBoundGovernor : IGovernor
{
    /// <summary>Fraction of the ring that it lets fill, above 0, at most 1.</summary>
    double HighWater { get; }
}
