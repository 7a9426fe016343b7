using System.Runtime.CompilerServices;
using PollScale.HostStub.Report;

namespace PollScale.HostStub.Timeline;

/// <summary>Adds a value up over a time.</summary>
internal struct SpreadMeter
{
    private ulong _min;
    private ulong _max;
    private double _sum;

    /// <summary>Begins anew.</summary>
    public void Clear() => (_min, _max, _sum) = (ulong.MaxValue, 0, 0);

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="ticks">For how long it was so.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong value, ulong ticks)
    {
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
        _sum += (double)value * ticks;
    }

    /// <summary>What it came to.</summary>
    /// <param name="ticks">All the time.</param>
    public readonly Spread Spread(ulong ticks) => _min > _max ? default : new Spread(_min, ticks == 0 ? _max : Math.Clamp(_sum / ticks, _min, _max), _max);
}
