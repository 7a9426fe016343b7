using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Rates;

/// <summary>A source that switches between two rates.</summary>
/// <param name="low">Rate in the low phase.</param>
/// <param name="lowTime">Stays in the low phase.</param>
/// <param name="high">Rate in the high phase.</param>
/// <param name="highTime">Stays in the high phase.</param>
internal struct SwitchingSource(double low, Dwell lowTime, double high, Dwell highTime)
{
    private bool _isHigh;

    /// <summary>Rate of the phase it is in.</summary>
    public readonly double Rate => _isHigh ? high : low;

    /// <summary>Rate over a long time.</summary>
    public readonly double MeanRate => ((low * lowTime.Mean) + (high * highTime.Mean)) / (lowTime.Mean + highTime.Mean);

    /// <summary>When it switches next.</summary>
    public long SwitchesAt { get; private set; }

    /// <summary>Takes a phase of the steady state.</summary>
    public void Start(ref Xoshiro256 random)
    {
        _isHigh = random.NextDouble() * (lowTime.Mean + highTime.Mean) < highTime.Mean;
        SwitchesAt = (_isHigh ? highTime : lowTime).DrawRest(ref random);
    }

    /// <summary>Goes over to the other phase.</summary>
    public void Switch(ref Xoshiro256 random)
    {
        _isHigh = !_isHigh;
        SwitchesAt += (_isHigh ? highTime : lowTime).Draw(ref random);
    }
}
