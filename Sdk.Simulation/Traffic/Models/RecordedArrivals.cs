namespace PollScale.Simulation.Traffic.Models;

/// <summary>Arrivals from a list.</summary>
/// <param name="recorded">Times, in order.</param>
/// <param name="lengths">Lengths of the frames in bytes; empty where they are not known.</param>
/// <param name="duration">End.</param>
internal sealed class RecordedArrivals(long[] recorded, ushort[] lengths, long duration) : IArrivals
{
    private readonly int _count = CountBefore(recorded, duration);
    private int _next;

    public int Fill(Span<long> times) => Fill(times, []);

    public int Fill(Span<long> times, Span<ushort> bytes)
    {
        int count = Math.Min(times.Length, _count - _next);
        recorded.AsSpan(_next, count).CopyTo(times);
        if (!bytes.IsEmpty && lengths.Length > 0)
        {
            lengths.AsSpan(_next, count).CopyTo(bytes);
        }
        else if (!bytes.IsEmpty)
        {
            bytes[..count].Clear();
        }

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
