using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Oracle;

/// <summary>A stretch of a schedule with one service rate.</summary>
/// <param name="Start">Begin, in simulated time.</param>
/// <param name="End">End, in simulated time, after <paramref name="Start"/>.</param>
/// <param name="Packets">Packets worked off in it.</param>
public readonly record struct OracleSegment(long Start, long End, long Packets)
{
    /// <summary>Packets per second.</summary>
    public double Rate => Packets * (double)SimTime.Second / (End - Start);
}
