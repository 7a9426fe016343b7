namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>
/// The demo's load. One period crosses low, high, low in equal thirds: a low rate with short bursts of half the high rate,
/// then the high rate swinging by 8 % to either side, then low with bursts again.
/// </summary>
internal sealed class BurstyCurve(double lowPps, double highPps, double periodNs, ulong seed) : IRateCurve
{
    private const double BurstShare = 0.5;
    private const double Swing = 0.08;
    private const double SwingPeriods = 10;
    private const double BurstsInThird = 40;
    private const double OnShare = 0.1;
    private const double Sigma = 0.6;
    private readonly OnOffCurve _bursts = new(
        lowPps, highPps * BurstShare, periodNs / 3 / BurstsInThird * OnShare, periodNs / 3 / BurstsInThird * (1 - OnShare), Sigma, seed);
    private int _third = -1;
    private int _swings;
    private double _left;

    public bool TryNext(out RateSegment segment)
    {
        if (_left <= 0)
        {
            _third = (_third + 1) % 3;
            _left = periodNs / 3;
        }

        if (_third == 1)
        {
            double rate = highPps * ((_swings++ & 1) == 0 ? 1 - Swing : 1 + Swing);
            segment = RateSegment.Flat(periodNs / 3 / SwingPeriods, rate);
        }
        else
        {
            _bursts.TryNext(out segment);
        }

        segment = segment with { DurationNs = Math.Min(segment.DurationNs, _left) };
        _left -= segment.DurationNs;
        return true;
    }
}
