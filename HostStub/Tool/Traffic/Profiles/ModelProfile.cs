using System.Runtime.CompilerServices;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic;

namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>The arrivals of a traffic model, as send times.</summary>
/// <param name="name">As the user wrote it.</param>
/// <param name="arrivals">The arrivals; owned from here.</param>
internal sealed class ModelProfile(string name, IArrivals arrivals) : ITrafficProfile
{
    private const int Most = 64;

    // A batch is made while the sender waits: of sparse traffic, whose packets may take many changes of rate each, it is small.
    private const long LongBatch = 50 * SimTime.Microsecond;
    private readonly long[] _times = new long[Most];
    private int _wanted = 1;
    private int _count;
    private int _next;

    public string Name => name;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Next() => _next < _count || Refill() ? _times[_next++] / SimTime.Nanosecond : ITrafficProfile.End;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Refill()
    {
        bool isLong = _count > 0 && _times[_count - 1] - _times[0] > LongBatch;
        _wanted = isLong ? Math.Max(1, _wanted / 2) : Math.Min(Most, _wanted * 2);
        _count = arrivals.Fill(_times.AsSpan(0, _wanted));
        _next = 0;
        return _count > 0;
    }
}
