using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>Frames that follow each other by given gaps and random pauses.</summary>
/// <param name="gaps">Time from a frame to the next, in a cycle.</param>
/// <param name="lengths">Lengths of the frames in bytes, as many.</param>
/// <param name="meanPause">Mean of the exponential pause after each frame; 0 for none.</param>
/// <param name="seed">Seed of the pauses.</param>
/// <param name="duration">End.</param>
internal sealed class ImixArrivals(long[] gaps, ushort[] lengths, double meanPause, ulong seed, long duration) : IArrivals
{
    private Xoshiro256 _random = new(seed);
    private long _time;
    private int _frame;

    public int Fill(Span<long> times) => Fill(times, []);

    public int Fill(Span<long> times, Span<ushort> bytes)
    {
        int filled = 0;
        while (filled < times.Length && _time < duration)
        {
            if (!bytes.IsEmpty)
            {
                bytes[filled] = lengths[_frame];
            }

            times[filled++] = _time;
            _time += gaps[_frame] + (meanPause > 0 ? (long)(meanPause * Exponential.Next(ref _random)) : 0);
            _frame = _frame + 1 == gaps.Length ? 0 : _frame + 1;
        }

        return filled;
    }
}
