using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>Frames that follow each other by given gaps and random pauses.</summary>
/// <param name="gaps">Time from a frame to the next, in a cycle.</param>
/// <param name="meanPause">Mean of the exponential pause after each frame; 0 for none.</param>
/// <param name="seed">Seed of the pauses.</param>
/// <param name="duration">End.</param>
internal sealed class ImixArrivals(long[] gaps, double meanPause, ulong seed, long duration) : IArrivals
{
    private Xoshiro256 _random = new(seed);
    private long _time;
    private int _frame;

    public int Fill(Span<long> times)
    {
        int filled = 0;
        while (filled < times.Length && _time < duration)
        {
            times[filled++] = _time;
            _time += gaps[_frame] + (meanPause > 0 ? (long)(meanPause * Exponential.Next(ref _random)) : 0);
            _frame = _frame + 1 == gaps.Length ? 0 : _frame + 1;
        }

        return filled;
    }
}
