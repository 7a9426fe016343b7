namespace PollScale.Simulation.Cores;

/// <summary>What became of a frequency call.</summary>
/// <param name="Stall">Time for which the core polls nothing.</param>
/// <param name="ReachedAt">Time at which the request reaches the actuator; <see cref="Never"/> when it is lost.</param>
/// <param name="Granted">False when the core sees the call fail.</param>
public readonly record struct CallResult(long Stall, long ReachedAt, bool Granted)
{
    /// <summary>The request is lost.</summary>
    public const long Never = long.MaxValue;
}
