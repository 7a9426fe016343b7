using System.Numerics;

namespace PollScale.Simulation.Running;

/// <summary>The rx ring: times of arrival, in order. What finds it full is lost.</summary>
internal sealed class RxRing
{
    private readonly long[] _times;
    private readonly int _mask;
    private readonly int _size;
    private readonly long _warmup;
    private int _head;

    public RxRing(int size, long warmup)
    {
        _size = size;
        _warmup = warmup;
        _times = new long[BitOperations.RoundUpToPowerOf2((uint)size)];
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

    /// <summary>Adds arrivals.</summary>
    public void Add(ReadOnlySpan<long> arrivals)
    {
        int fit = Math.Min(arrivals.Length, _size - Backlog);
        int tail = (_head + Backlog) & _mask;
        int first = Math.Min(fit, _times.Length - tail);
        arrivals[..first].CopyTo(_times.AsSpan(tail));
        arrivals[first..fit].CopyTo(_times);
        Backlog += fit;
        for (int i = fit; i < arrivals.Length; i++)
        {
            Lost += arrivals[i] >= _warmup ? 1 : 0;
        }
    }

    /// <summary>Takes the oldest packets out and records the delays of those that count.</summary>
    public void Take(long now, int packets, DelayHistogram delays)
    {
        int first = Math.Min(packets, _times.Length - _head);
        delays.Record(now, Counted(_times.AsSpan(_head, first)));
        if (first < packets)
        {
            delays.Record(now, Counted(_times.AsSpan(0, packets - first)));
        }

        _head = (_head + packets) & _mask;
        Backlog -= packets;
    }

    private ReadOnlySpan<long> Counted(ReadOnlySpan<long> times)
    {
        int before = 0;
        while (before < times.Length && times[before] < _warmup)
        {
            before++;
        }

        return times[before..];
    }
}
