namespace PollScale.Simulation.Traffic.Models;

/// <summary>Arrivals of several sequences in order of time.</summary>
internal sealed class MergedArrivals : IArrivals
{
    private const int BufferSize = 256;

    private readonly IArrivals[] _parts;
    private readonly long[][] _buffers;
    private readonly ushort[][] _lengths;
    private readonly int[] _counts;
    private readonly int[] _next;

    // Time of each part's next packet, long.MaxValue after its end.
    private readonly long[] _heads;

    public MergedArrivals(IArrivals[] parts)
    {
        _parts = parts;
        _buffers = [.. parts.Select(_ => new long[BufferSize])];
        _lengths = [.. parts.Select(_ => new ushort[BufferSize])];
        _counts = new int[parts.Length];
        _next = new int[parts.Length];
        _heads = new long[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            Refill(i);
        }
    }

    public int Fill(Span<long> times) => Fill(times, []);

    public int Fill(Span<long> times, Span<ushort> bytes)
    {
        for (int filled = 0; filled < times.Length; filled++)
        {
            int first = 0;
            for (int i = 1; i < _heads.Length; i++)
            {
                first = _heads[i] < _heads[first] ? i : first;
            }

            if (_heads[first] == long.MaxValue)
            {
                return filled;
            }

            times[filled] = _heads[first];
            if (!bytes.IsEmpty)
            {
                bytes[filled] = _lengths[first][_next[first]];
            }

            if (++_next[first] < _counts[first])
            {
                _heads[first] = _buffers[first][_next[first]];
            }
            else
            {
                Refill(first);
            }
        }

        return times.Length;
    }

    private void Refill(int part)
    {
        _next[part] = 0;
        _counts[part] = _parts[part].Fill(_buffers[part], _lengths[part]);
        _heads[part] = _counts[part] > 0 ? _buffers[part][0] : long.MaxValue;
    }
}
