using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Tests.Running;

/// <summary>Arrivals from a list.</summary>
internal sealed class ListedArrivals(params long[] times) : IArrivals
{
    private int _next;

    public int Fill(Span<long> target)
    {
        int count = Math.Min(target.Length, times.Length - _next);
        times.AsSpan(_next, count).CopyTo(target);
        _next += count;
        return count;
    }
}
