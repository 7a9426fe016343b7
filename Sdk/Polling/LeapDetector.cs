using System.Runtime.CompilerServices;
using PollScale.Clock;

namespace PollScale.Polling;

/// <summary>
/// Tells time that polls and packets explain from time that they do not: the host ran something else for a while, or the machine was
/// suspended or moved to another host and the TSC leapt.
/// </summary>
/// <remarks>What comes again and again is the application's pace, not a leap: each leap doubles what counts as usual.</remarks>
internal struct LeapDetector
{
    /// <summary>A time that is not longer is no leap, unless the clock runs backwards.</summary>
    public const int ShortestLeapMicroseconds = 50_000;
    private const double Factor = 16;
    private const double Gain = 0.125;
    private readonly double _shortestStall;
    private readonly double _shortestLeap;
    private double _usual;

    /// <param name="frequency">Unit of ticks.</param>
    /// <param name="periodTicks">Decision period.</param>
    public LeapDetector(TscFrequency frequency, double periodTicks)
    {
        _shortestStall = frequency.FromMicroseconds(1_000);
        _shortestLeap = frequency.FromMicroseconds(ShortestLeapMicroseconds);
        _usual = periodTicks;
    }

    /// <summary>The last time was too long to learn costs from.</summary>
    public bool Stalled { get; private set; }

    /// <summary>Takes in the time since the sample before.</summary>
    /// <param name="ticks">Ticks by the TSC; negative when it ran backwards.</param>
    /// <param name="callTicks">Part of them that a call took.</param>
    /// <param name="explained">Ticks that polls and packets should have taken.</param>
    /// <returns>True for a leap: nothing is known of the time that passed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Observe(double ticks, double callTicks, double explained)
    {
        if (ticks < _shortestStall && ticks >= 0)
        {
            Stalled = false;
            _usual += (ticks - _usual) * Gain;
            return false;
        }

        return ObserveLong(ticks, callTicks, explained);
    }

    private bool ObserveLong(double ticks, double callTicks, double explained)
    {
        double expected = Factor * Math.Max(explained, _usual);
        bool leapt = ticks > Math.Max(_shortestLeap, expected) || ticks < -_shortestStall;
        Stalled = leapt || ticks - callTicks > Math.Max(_shortestStall, expected);
        _usual = Stalled ? _usual * 2 : _usual + ((Math.Max(ticks, 0) - _usual) * Gain);
        return leapt;
    }
}
