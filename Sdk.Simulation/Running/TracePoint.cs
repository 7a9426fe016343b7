using PollScale.Governors;

namespace PollScale.Simulation.Running;

/// <summary>What held when a decision was made.</summary>
/// <param name="Time">Simulated time.</param>
/// <param name="Backlog">Packets in the rx ring.</param>
/// <param name="PState">P-state in force, which may not be the one last granted.</param>
/// <param name="Decision">The decision.</param>
public readonly record struct TracePoint(long Time, int Backlog, int PState, ScalingDecision Decision);
