namespace PollScale.Governors;

/// <summary>How often delays of which length came, by steps of a fifth, and over which time.</summary>
/// <param name="least">Delays up to this are none, ticks.</param>
/// <param name="step">Where steps begin, ticks; <paramref name="least"/>, or what stands for it where that is 0.</param>
internal sealed class DelayTally(double least, double step)
{
    private const int Steps = 64, StepsPerDoubling = 4;
    private readonly uint[] _counts = new uint[Steps];

    /// <summary>The last step: of what is 55 ms late or later, if the first is a microsecond.</summary>
    public const int Last = Steps - 1;

    /// <summary>Time over which they came, ticks.</summary>
    public double Ticks { get; set; }

    /// <summary>How many came of a step.</summary>
    public uint this[int at] => _counts[at];

    /// <summary>The longest delay of a step, ticks.</summary>
    public double Longest(int at) => at == 0 ? least : step * Math.Pow(2, (double)at / StepsPerDoubling);

    /// <summary>Counts one.</summary>
    /// <returns>Its step; 0 for none.</returns>
    public int Add(double delay)
    {
        int at = delay <= least ? 0 : Math.Min(Last, 1 + (int)(StepsPerDoubling * Math.Max(0, Math.Log2(delay / step))));
        _counts[at]++;
        return at;
    }

    /// <summary>Forgets every other one, and half of the time.</summary>
    public void Halve()
    {
        Ticks /= 2;
        for (int i = 0; i < Steps; i++)
        {
            _counts[i] /= 2;
        }
    }
}
