namespace PollScale.Simulation.Traffic;

/// <summary>How packets are spaced while the rate is constant.</summary>
internal enum Spacing
{
    /// <summary>All gaps alike.</summary>
    Even,

    /// <summary>Exponential gaps.</summary>
    Poisson,
}
