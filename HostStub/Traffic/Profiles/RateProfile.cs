using System.Runtime.CompilerServices;

namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>
/// Packets at the rate of a curve. Each packet is sent when the integral of the rate since the last one reaches its work:
/// 1 for a paced sender, an exponential variate of mean 1 for a Poisson process, which the curve then modulates.
/// </summary>
internal sealed class RateProfile : ITrafficProfile
{
    private const double NsPerSecond = 1e9;

    // A double of ns is exact to 1 ns for 104 days.
    private const double LastNs = 9e15;
    private readonly IRateCurve _curve;
    private readonly bool _poisson;
    private SplitMix64 _random;
    private RateSegment _segment;
    private double _segmentStart;
    private double _offset;
    private bool _ended;

    public RateProfile(string name, IRateCurve curve, bool poisson, ulong seed)
    {
        Name = name;
        _curve = curve;
        _poisson = poisson;
        _random = new SplitMix64(seed);
        _ended = !_curve.TryNext(out _segment);
    }

    public string Name { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Next()
    {
        double work = _poisson ? _random.NextExponential() : 1;
        while (!_ended)
        {
            double duration = _segment.DurationNs;
            bool endless = double.IsPositiveInfinity(duration);
            double slope = endless ? 0 : (_segment.EndPps - _segment.StartPps) / NsPerSecond / duration;
            double rate = (_segment.StartPps / NsPerSecond) + (slope * _offset);
            double left = duration - _offset;
            double rest = endless
                ? (rate > 0 ? double.PositiveInfinity : 0)
                : (rate + (_segment.EndPps / NsPerSecond)) / 2 * left;
            if (work <= rest && rest > 0)
            {
                // Solves rate * d + slope * d^2 / 2 = work in the form that does not cancel for a small slope.
                double root = Math.Sqrt(Math.Max(0, (rate * rate) + (2 * slope * work)));
                _offset += Math.Min(2 * work / (rate + root), left);
                double time = _segmentStart + _offset;
                _ended = time >= LastNs;
                return _ended ? ITrafficProfile.End : (long)time;
            }

            work -= rest;
            _segmentStart += duration;
            _offset = 0;
            _ended = _segmentStart >= LastNs || !_curve.TryNext(out _segment);
        }

        return ITrafficProfile.End;
    }
}
