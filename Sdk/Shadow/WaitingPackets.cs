using PollScale.Telemetry;

namespace PollScale.Shadow;

/// <summary>When the packets of a virtual ring came, in lots, and how long they waited.</summary>
/// <param name="delays">Receives the ticks that each waited: those of its lot's last packet.</param>
internal sealed class WaitingPackets(LatencyHistogram delays)
{
    // Lots of 20 us last for 80 ms; what comes when none is free belongs to the newest.
    private const int Capacity = 4096;

    // Packets are fractions here.
    private const double Rounding = 1e-6;
    private readonly (double Count, double Time)[] _lots = new (double, double)[Capacity];
    private int _first;
    private int _length;
    private double _arrived, _served, _recorded;

    /// <summary>Takes in that packets came.</summary>
    /// <param name="packets">How many.</param>
    /// <param name="time">When the last of them did, ticks.</param>
    public void Add(double packets, double time)
    {
        if (packets <= 0)
        {
            return;
        }

        _arrived += packets;
        _length += _length < Capacity ? 1 : 0;
        Last = (_arrived, time);
    }

    /// <summary>Takes packets out of the last lot that found no room.</summary>
    /// <param name="packets">How many, at most as many as came last.</param>
    public void Drop(double packets)
    {
        _arrived -= packets;
        Last.Count = _arrived;
    }

    /// <summary>Takes in that packets were served, evenly over a time.</summary>
    /// <param name="packets">How many, at most as many as wait.</param>
    /// <param name="start">When that began, ticks.</param>
    /// <param name="ticks">How long it took.</param>
    public void Serve(double packets, double start, double ticks)
    {
        double before = _served;
        _served += packets;
        while (_length > 0 && _lots[_first].Count <= _served + Rounding)
        {
            (double count, double time) = _lots[_first];
            double waited = start + (packets > 0 ? ticks * Math.Clamp((count - before) / packets, 0, 1) : 0) - time;
            delays.Record((ulong)Math.Max(0, waited), (ulong)(Math.Floor(count + Rounding) - Math.Floor(_recorded + Rounding)));
            _recorded = count;
            _first = (_first + 1) % Capacity;
            _length--;
        }
    }

    /// <summary>Forgets those that wait.</summary>
    public void Clear()
    {
        _served = _recorded = _arrived;
        _length = 0;
    }

    private ref (double Count, double Time) Last => ref _lots[(_first + _length - 1) % Capacity];
}
