using System.Numerics;
using System.Runtime.CompilerServices;

namespace PollScale.Simulation.Running;

/// <summary>The rx ring: times of arrival, in order. What finds it full is lost.</summary>
internal sealed class RxRing
{
    private readonly long[] _times;
    private readonly double[] _weights;
    private readonly int _mask;
    private readonly int _size;
    private readonly long _warmup;
    private int _head;

    /// <param name="size">Descriptors.</param>
    /// <param name="warmup">Time from which packets count.</param>
    /// <param name="weighs">Whether packets have costs of their own.</param>
    public RxRing(int size, long warmup, bool weighs = false)
    {
        _size = size;
        _warmup = warmup;
        _times = new long[BitOperations.RoundUpToPowerOf2((uint)size)];
        _weights = weighs ? new double[_times.Length] : [];
        _mask = _times.Length - 1;
    }

    /// <summary>Packets waiting.</summary>
    public int Backlog { get; private set; }

    /// <summary>Packets lost that count.</summary>
    public long Lost { get; private set; }

    /// <summary>Waiting packets that count.</summary>
    public long CountedBacklog
    {
        get
        {
            long counted = 0;
            for (int i = 0; i < Backlog; i++)
            {
                counted += _times[(_head + i) & _mask] >= _warmup ? 1 : 0;
            }

            return counted;
        }
    }

    /// <summary>Adds one arrival, where packets have no costs of their own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long arrival)
    {
        if (Backlog < _size)
        {
            long[] times = _times;
            times[(_head + Backlog++) & (times.Length - 1)] = arrival;
        }
        else
        {
            Lost += arrival >= _warmup ? 1 : 0;
        }
    }

    /// <summary>Adds the arrivals up to a time.</summary>
    /// <param name="arrivals">Arrivals, in order.</param>
    /// <param name="weights">Their costs, where packets have costs of their own.</param>
    /// <param name="now">The time.</param>
    /// <returns>How many there were.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int AddUntil(ReadOnlySpan<long> arrivals, ReadOnlySpan<double> weights, long now)
    {
        long[] times = _times;
        int added = 0, room = _size - Backlog, tail = _head + Backlog;
        while (added < arrivals.Length && arrivals[added] <= now && added < room)
        {
            times[(tail + added) & (times.Length - 1)] = arrivals[added];
            added++;
        }

        for (int i = 0; i < added && _weights.Length > 0; i++)
        {
            _weights[(tail + i) & _mask] = weights[i];
        }

        Backlog += added;
        return added < room ? added : Lose(arrivals, added, now);
    }

    /// <summary>Takes the oldest packets out and records the delays of those that count.</summary>
    public void Take(long now, int packets, DelayHistogram delays)
    {
        if (packets == 1)
        {
            TakeOne(now, delays);
            return;
        }

        int first = Math.Min(packets, _times.Length - _head);
        delays.Record(now, Counted(_times.AsSpan(_head, first)));
        if (first < packets)
        {
            delays.Record(now, Counted(_times.AsSpan(0, packets - first)));
        }

        _head = (_head + packets) & _mask;
        Backlog -= packets;
    }

    // Mostly so at low load.
    private void TakeOne(long now, DelayHistogram delays)
    {
        long arrival = _times[_head];
        if (arrival >= _warmup)
        {
            delays.Record(now, arrival);
        }

        _head = (_head + 1) & _mask;
        Backlog--;
    }

    /// <summary>Mean cost of the oldest packets, where packets have costs of their own; else 1.</summary>
    /// <param name="packets">How many, 1 or more.</param>
    public double MeanWeight(int packets)
    {
        double sum = 0;
        for (int i = 0; i < packets && _weights.Length > 0; i++)
        {
            sum += _weights[(_head + i) & _mask];
        }

        return _weights.Length > 0 ? sum / packets : 1;
    }

    private int Lose(ReadOnlySpan<long> arrivals, int from, long now)
    {
        int lost = from;
        while (lost < arrivals.Length && arrivals[lost] <= now)
        {
            Lost += arrivals[lost++] >= _warmup ? 1 : 0;
        }

        return lost;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<long> Counted(ReadOnlySpan<long> times) => times[0] >= _warmup ? times : AfterWarmup(times);

    private ReadOnlySpan<long> AfterWarmup(ReadOnlySpan<long> times)
    {
        int before = 0;
        while (before < times.Length && times[before] < _warmup)
        {
            before++;
        }

        return times[before..];
    }
}
