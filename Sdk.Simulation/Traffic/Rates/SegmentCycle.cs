namespace PollScale.Simulation.Traffic.Rates;

/// <summary>Rates that follow a list.</summary>
/// <param name="segments">The list.</param>
/// <param name="loopFrom">Where it goes on after its end.</param>
internal sealed class SegmentCycle(RateSegment[] segments, int loopFrom = 0) : IRateProcess
{
    private int _next;

    /// <summary>One rate for ever.</summary>
    public static SegmentCycle Constant(double rate) => new([new RateSegment(RateSegment.Longest, rate)]);

    public RateSegment Next()
    {
        if (_next == segments.Length)
        {
            _next = loopFrom;
        }

        return segments[_next++];
    }
}
