using System.Runtime.CompilerServices;
using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Running;

/// <summary>Arrivals up to the end of a run, through a buffer.</summary>
internal sealed class ArrivalFeed
{
    private readonly IArrivals _arrivals;
    private readonly long[] _buffer;
    private readonly long _warmup;
    private readonly long _end;
    private int _position;
    private int _count;
    private long _last;
    private bool _ended;

    public ArrivalFeed(IArrivals arrivals, int buffer, long warmup, long end)
    {
        _arrivals = arrivals;
        _buffer = new long[buffer];
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
        if (Next <= now)
        {
            DeliverSome(now, ring);
        }
    }

    private void DeliverSome(long now, RxRing ring)
    {
        while (Next <= now)
        {
            _position += ring.AddUntil(_buffer.AsSpan(_position, _count - _position), now);
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

    private void Refill()
    {
        _position = 0;
        _count = _ended ? 0 : _arrivals.Fill(_buffer);
        _ended |= _count < _buffer.Length;
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

            _last = time;
            counted += time >= _warmup ? 1 : 0;
        }

        Offered += counted;
        Next = _count > 0 ? _buffer[0] : long.MaxValue;
    }
}
