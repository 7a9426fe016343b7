using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Rates;

/// <summary>
/// Sum of the rates of independent switching sources. The sum of Poisson arrivals is Poisson arrivals at the summed rate, so no
/// source's packets need merging.
/// </summary>
internal sealed class SwitchingRates : IRateProcess
{
    private readonly SwitchingSource[] _sources;
    private Xoshiro256 _random;
    private long _now;

    /// <summary>Starts the sources, which it then owns.</summary>
    public SwitchingRates(ulong seed, params SwitchingSource[] sources)
    {
        _sources = sources;
        _random = new Xoshiro256(seed);
        for (int i = 0; i < sources.Length; i++)
        {
            sources[i].Start(ref _random);
        }
    }

    public RateSegment Next()
    {
        while (true)
        {
            // Summed afresh at every switch: a running sum would gather rounding errors.
            double rate = 0;
            int first = 0;
            for (int i = 0; i < _sources.Length; i++)
            {
                rate += _sources[i].Rate;
                first = _sources[i].SwitchesAt < _sources[first].SwitchesAt ? i : first;
            }

            long length = _sources[first].SwitchesAt - _now;
            _now = _sources[first].SwitchesAt;
            _sources[first].Switch(ref _random);
            if (length > 0)
            {
                return new RateSegment(length, rate);
            }
        }
    }
}
