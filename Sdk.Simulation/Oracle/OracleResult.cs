namespace PollScale.Simulation.Oracle;

/// <summary>The least energy that the bounds allow, and whether any core can keep them.</summary>
public sealed record OracleResult
{
    /// <summary>Energy in J.</summary>
    public required double Energy { get; init; }

    /// <summary>A lower bound of the same of a core that may sleep in its idle states; exact where one state is left at once. Null where nobody asked.</summary>
    internal double? EnergyWithIdle { get; init; }

    /// <summary>Mean power in W.</summary>
    public required double MeanWatts { get; init; }

    /// <summary>Packets that arrived from start to end.</summary>
    public required long Packets { get; init; }

    /// <summary>Highest rate of the schedule in packets per second; above the core's highest service rate it is infeasible.</summary>
    public required double PeakRate { get; init; }

    /// <summary>Stretches of one rate in the schedule.</summary>
    public required long Segments { get; init; }

    /// <summary>Fraction of the time in infeasible stretches, 0 .. 1. They are costed at the power of the highest service rate.</summary>
    public required double InfeasibleTimeShare { get; init; }

    /// <summary>Fraction of the packets in infeasible stretches or for which no ring slot can be free, 0 .. 1.</summary>
    public required double InfeasiblePacketShare { get; init; }

    /// <summary>Stretches of time in which the schedule is steeper than the highest service rate, those that touch counted as one.</summary>
    public required long InfeasibleStretches { get; init; }

    /// <summary>Longest of them, in simulated time; 0 for none.</summary>
    public required long LongestInfeasibleStretch { get; init; }

    /// <summary>Start of the first of them, in simulated time; null for none.</summary>
    public required long? FirstInfeasibleStart { get; init; }

    /// <summary>Packets that no core can serve in time: what infeasible stretches hold beyond the highest service rate, and <see cref="OverflowingPackets"/>.</summary>
    public required double UnservablePackets { get; init; }

    /// <summary>Packets of batches, arriving at one instant, that exceed what the ring and a burst hold.</summary>
    public required long OverflowingPackets { get; init; }

    /// <summary>Some core keeps the bounds. Only then is <see cref="Energy"/> a bound for whoever keeps them too.</summary>
    public bool Feasible => UnservablePackets == 0;
}
