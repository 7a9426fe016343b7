namespace PollScale.Simulation.Traffic.Models;

/// <summary>Arrivals from a list.</summary>
internal sealed class RecordedArrivals(long[] recorded, long duration) : IArrivals
{
    private readonly int _count = CountBefore(recorded, duration);
    private int _next;

    public int Fill(Span<long> times)
    {
        int count = Math.Min(times.Length, _count - _next);
        recorded.AsSpan(_next, count).CopyTo(times);
        _next += count;
        return count;
    }

    private static int CountBefore(long[] times, long end)
    {
        int low = 0, high = times.Length;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = times[middle] < end ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
