namespace PollScale.Simulation.Traffic;

/// <summary>The arrivals of one traffic up to a time, those of another from it on.</summary>
/// <param name="first">Traffic of the beginning.</param>
/// <param name="until">When the other begins, in simulated time.</param>
/// <param name="then">The other, whose own beginning is then.</param>
internal sealed class ChainedArrivals(IArrivals first, long until, IArrivals then) : IArrivals
{
    private bool _second;

    public int Fill(Span<long> times) => Fill(times, new ushort[times.Length]);

    public int Fill(Span<long> times, Span<ushort> bytes)
    {
        int count = 0;
        if (!_second)
        {
            count = first.Fill(times, bytes);
            int kept = times[..count].BinarySearch(until);
            kept = kept < 0 ? ~kept : kept;
            _second = kept < times.Length;
            count = kept;
        }

        if (_second)
        {
            Span<long> rest = times[count..];
            int more = then.Fill(rest, bytes[count..]);
            for (int i = 0; i < more; i++)
            {
                rest[i] += until;
            }

            count += more;
        }

        return count;
    }
}
