using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Tests.Running;

/// <summary>An arrival each interval.</summary>
internal sealed class SteadyArrivals(long first, long interval) : IArrivals
{
    private long _next = first;

    public int Fill(Span<long> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = _next;
            _next += interval;
        }

        return target.Length;
    }
}
