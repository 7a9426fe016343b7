namespace PollScale.Polling;

/// <summary>The highest value of the last hold time, known to an eighth of it.</summary>
internal sealed class PeakHold
{
    private const int Buckets = 8;
    private readonly double[] _peaks = new double[Buckets];
    private readonly double _bucketTicks;
    private double _ticksInBucket;
    private int _current;

    public PeakHold(double holdTicks) => _bucketTicks = holdTicks / Buckets;

    /// <summary>Adds a value that holds now, <paramref name="ticks"/> after the one before.</summary>
    /// <returns>The highest value, this one included.</returns>
    public double Add(double ticks, double value)
    {
        _ticksInBucket += ticks;
        for (int passed = 0; _ticksInBucket >= _bucketTicks && passed < Buckets; passed++)
        {
            _ticksInBucket -= _bucketTicks;
            _current = (_current + 1) % Buckets;
            _peaks[_current] = 0;
        }

        if (_ticksInBucket >= _bucketTicks)
        {
            _ticksInBucket = 0;
        }

        _peaks[_current] = Math.Max(_peaks[_current], value);
        double highest = 0;
        foreach (double peak in _peaks)
        {
            highest = Math.Max(highest, peak);
        }

        return highest;
    }

    /// <summary>Forgets all values.</summary>
    public void Clear() => Array.Clear(_peaks);
}
