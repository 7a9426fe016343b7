namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>Low and high rate by turns, beginning low; times are fixed, or lognormal with the given means.</summary>
internal sealed class OnOffCurve(double lowPps, double highPps, double onNs, double offNs, double sigma, ulong seed) : IRateCurve
{
    private const double MinNs = 1000;
    private SplitMix64 _random = new(seed);
    private bool _on = true;

    public bool TryNext(out RateSegment segment)
    {
        _on = !_on;
        double mean = _on ? onNs : offNs;
        double duration = sigma > 0 ? Math.Max(MinNs, mean * _random.NextLognormal(sigma)) : mean;
        segment = RateSegment.Flat(duration, _on ? highPps : lowPps);
        return true;
    }
}
