using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Rates;

/// <summary>The rates of <see cref="Models.BurstyTraffic"/>: by thirds of a period, of which the middle one is high.</summary>
internal sealed class BurstyRates : IRateProcess
{
    /// <summary>Highest rate, of the high one.</summary>
    public const double Highest = 1 + Swing;

    private const double BurstShare = 0.5;
    private const double Swing = 0.08;
    private const int SwingsInThird = 10;
    private const double BurstsInThird = 40;
    private const double OnShare = 0.1;
    private const double Sigma = 0.6;
    private readonly double _low;
    private readonly double _high;
    private readonly long _third;
    private readonly Dwell _on;
    private readonly Dwell _off;
    private Xoshiro256 _random;
    private int _place = -1;
    private int _swings;
    private bool _isBurst = true;
    private long _left;

    public BurstyRates(double low, double high, long period, ulong seed)
    {
        (_low, _high, _third) = (low, high, period / 3);
        _on = Dwell.Lognormal(_third / BurstsInThird * OnShare, Sigma);
        _off = Dwell.Lognormal(_third / BurstsInThird * (1 - OnShare), Sigma);
        _random = new Xoshiro256(seed);
    }

    public RateSegment Next()
    {
        if (_left == 0)
        {
            _place = (_place + 1) % 3;
            _left = _third;
        }

        RateSegment segment = _place == 1 ? NextSwing() : NextBurst();
        long length = Math.Min(segment.Length, _left);
        _left -= length;
        return segment with { Length = length };
    }

    private RateSegment NextSwing() => new(_third / SwingsInThird, _high * ((_swings++ & 1) == 0 ? 1 - Swing : Highest));

    // Shorter bursts than 1 us only cost.
    private RateSegment NextBurst()
    {
        _isBurst = !_isBurst;
        long length = (_isBurst ? _on : _off).Draw(ref _random);
        return new RateSegment(Math.Max(SimTime.Microsecond, length), _isBurst ? _high * BurstShare : _low);
    }
}
