using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Tests.Running;

/// <summary>A grid that is not what it was said to be: at a time its phase jumps, or its period changes; each request keeps to the latency stated, unless the grid becomes wider than that.</summary>
/// <param name="Grid">Period before.</param>
/// <param name="At">Time of the change.</param>
/// <param name="Shift">By how much the edges lie later from then on.</param>
/// <param name="Then">Period after.</param>
/// <param name="Stated">Latency stated.</param>
internal sealed record JumpingGrid(long Grid, long At, long Shift, long Then, long Stated) : IActuator
{
    public string Name => "jumping";

    public long WorstLatency => Stated;

    public long Stall => 0;

    public long EffectTime(long request, ulong seed)
    {
        long edge = ((request / Grid) + 1) * Grid;
        return edge < At ? edge : At + Shift + (((Math.Max(0, request - At - Shift) / Then) + (request < At + Shift ? 0 : 1)) * Then);
    }
}
