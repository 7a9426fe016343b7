using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Oracle;

/// <summary>Adds up what a schedule's stretches cost.</summary>
internal sealed class ScheduleCost(PowerHull hull, ICollection<OracleSegment>? schedule, SleepingCost? sleeping = null)
{
    private const double Rounding = 1e-9;
    private double _joules;
    private double _peakRate;
    private long _segments;
    private long _infeasibleTime;
    private long _infeasiblePackets;
    private double _unservable;
    private long _stretches;
    private long _longestStretch;
    private long? _firstStart;
    private long _stretchStart;
    private long _stretchEnd = -1;

    public void Add(OracleSegment segment)
    {
        double rate = segment.Rate;
        double seconds = SimTime.ToSeconds(segment.End - segment.Start);
        _joules += hull.Watts(rate) * seconds;

        // The taut string is the cheapest for every convex power.
        sleeping?.Add(rate, seconds, segment.Packets);
        _peakRate = Math.Max(_peakRate, rate);
        _segments++;
        if (rate > hull.MaxRate * (1 + Rounding))
        {
            _infeasibleTime += segment.End - segment.Start;
            _infeasiblePackets += segment.Packets;
            _unservable += segment.Packets - (hull.MaxRate * seconds);
            Stretch(segment);
        }

        schedule?.Add(segment);
    }

    public OracleResult Result(long duration, long packets, long overflowing, long longestGap) => new()
    {
        Energy = _joules,
        EnergyWithIdle = sleeping?.Least(longestGap),
        MeanWatts = _joules / SimTime.ToSeconds(duration),
        Packets = packets,
        PeakRate = _peakRate,
        Segments = _segments,
        InfeasibleTimeShare = _infeasibleTime / (double)duration,
        InfeasiblePacketShare = packets == 0 ? 0 : (_infeasiblePackets + overflowing) / (double)packets,
        InfeasibleStretches = _stretches,
        LongestInfeasibleStretch = _longestStretch,
        FirstInfeasibleStart = _firstStart,
        UnservablePackets = _unservable + overflowing,
        OverflowingPackets = overflowing,
    };

    private void Stretch(OracleSegment segment)
    {
        if (segment.Start != _stretchEnd)
        {
            _stretches++;
            _stretchStart = segment.Start;
            _firstStart ??= segment.Start;
        }

        _stretchEnd = segment.End;
        _longestStretch = Math.Max(_longestStretch, _stretchEnd - _stretchStart);
    }
}
