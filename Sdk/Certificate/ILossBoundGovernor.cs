namespace PollScale.Governors;

/// <summary>A governor that asks for the fastest P-state before the ring could overflow, as a <see cref="LossCertificate"/> presumes.</summary>
public interface ILossBoundGovernor : IGovernor
{
    /// <summary>Fraction of the ring that it lets fill, above 0, at most 1.</summary>
    double HighWater { get; }

    /// <summary>Highest arrival rate that it counts with, in packets per second; 0 where it was told none: then it bounds nothing for certain.</summary>
    double PeakPacketsPerSecond { get; }

    /// <summary>Longest time from a call to its effect that it counts with.</summary>
    TimeSpan ActuatorLatency { get; }

    /// <summary>What it has seen of the actuator, up to now, that its bound does not cover.</summary>
    ActuatorSurprise Surprise { get; }

    /// <summary>What it has seen, up to now, that its bound does not cover, besides what the actuator did, as a clause; null for nothing.</summary>
    string? Contradiction => null;
}
