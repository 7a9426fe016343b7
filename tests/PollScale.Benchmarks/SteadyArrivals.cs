using PollScale.Simulation.Traffic;

namespace PollScale.Benchmarks;

/// <summary>An arrival each interval.</summary>
internal sealed class SteadyArrivals(long interval) : IArrivals
{
    private long _next;

    public int Fill(Span<long> times)
    {
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = _next;
            _next += interval;
        }

        return times.Length;
    }
}
