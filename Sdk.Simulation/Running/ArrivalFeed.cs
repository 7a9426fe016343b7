using System.Runtime.CompilerServices;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Running;

/// <summary>Arrivals up to the end of a run, through a buffer.</summary>
internal sealed class ArrivalFeed
{
    private readonly IArrivals _arrivals;
    private readonly CostRun? _costs;
    private readonly long[] _buffer;
    private readonly ushort[] _lengths;
    private readonly double[] _weights;
    private readonly long _warmup;
    private readonly long _end;
    private int _position;
    private int _count;
    private long _last;
    private bool _ended;

    /// <param name="arrivals">The arrivals.</param>
    /// <param name="costs">Weighs them; null where all cost the same.</param>
    /// <param name="buffer">How many to ask for at a time.</param>
    /// <param name="warmup">Time from which they count.</param>
    /// <param name="end">End of the run.</param>
    public ArrivalFeed(IArrivals arrivals, CostRun? costs, int buffer, long warmup, long end)
    {
        _arrivals = arrivals;
        _costs = costs is { Weighs: true } ? costs : null;
        _buffer = new long[buffer];
        _lengths = new ushort[_costs is null ? 0 : buffer];
        _weights = new double[_costs is null ? 0 : buffer];
        _warmup = warmup;
        _end = end;
        Refill();
    }

    /// <summary>Time of the next arrival; <see cref="long.MaxValue"/> when there is none.</summary>
    public long Next { get; private set; }

    /// <summary>Arrivals read that count.</summary>
    public long Offered { get; private set; }

    /// <summary>Puts what has arrived by a time into a ring.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Deliver(long now, RxRing ring)
    {
        if (Next > now)
        {
            return;
        }

        // One alone is what mostly comes at low load.
        int next = _position + 1;
        if (_costs is null && next < _count && _buffer[next] > now)
        {
            ring.Add(Next);
            (_position, Next) = (next, _buffer[next]);
        }
        else
        {
            DeliverSome(now, ring);
        }
    }

    private void DeliverSome(long now, RxRing ring)
    {
        while (Next <= now)
        {
            int left = _count - _position;
            _position += ring.AddUntil(_buffer.AsSpan(_position, left), _costs is null ? [] : _weights.AsSpan(_position, left), now);
            if (_position < _count)
            {
                Next = _buffer[_position];
            }
            else
            {
                Refill();
            }
        }
    }

    /// <summary>Takes the next arrival where it has come by a time, and as far as is known no other has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TakeAlone(long now)
    {
        int next = _position + 1;
        if (Next > now || next >= _count || _buffer[next] <= now)
        {
            return false;
        }

        (_position, Next) = (next, _buffer[next]);
        return true;
    }

    private void Refill()
    {
        _position = 0;
        _count = _ended ? 0 : _costs is null ? _arrivals.Fill(_buffer) : _arrivals.Fill(_buffer, _lengths);
        _ended |= _count < _buffer.Length;
        Offered += _costs is null && IsWithin(_buffer.AsSpan(0, _count)) ? _count : Check();
        Next = _count > 0 ? _buffer[0] : long.MaxValue;
    }

    // Mostly all of them are in order, and count.
    private bool IsWithin(ReadOnlySpan<long> times)
    {
        if (times.IsEmpty || times[0] < Math.Max(_last, _warmup) || times[^1] >= _end)
        {
            return false;
        }

        bool falls = false;
        for (int i = 1; i < times.Length; i++)
        {
            falls |= times[i] < times[i - 1];
        }

        _last = falls ? _last : times[^1];
        return !falls;
    }

    // One by one.
    private int Check()
    {
        int counted = 0;
        for (int i = 0; i < _count; i++)
        {
            long time = _buffer[i];
            if (time < _last)
            {
                throw new InvalidOperationException($"The traffic gave an arrival at {time} ps after one at {_last} ps; arrivals must never fall.");
            }

            if (time >= _end)
            {
                _count = i;
                _ended = true;
                break;
            }

            if (_costs is not null)
            {
                _weights[i] = _costs.Weight(_lengths[i]);
            }

            _last = time;
            counted += time >= _warmup ? 1 : 0;
        }

        return counted;
    }
}
