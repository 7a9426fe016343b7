using PollScale.Notation;
using PollScale.Randomness;
using PollScale.Simulation.Traffic.Parsing;
using PollScale.Simulation.Traffic.Rates;

namespace PollScale.Simulation.Traffic.Models;

/// <summary>
/// Traffic whose rate is constant piece by piece. Within a piece packets are evenly spaced or Poisson, and never closer together than
/// a line allows: packets due closer wait for it, as on a wire.
/// </summary>
internal abstract record RateTraffic : ICheckedTraffic
{
    /// <summary>Spacing of packets while the rate is constant.</summary>
    public Spacing Spacing { get; init; } = Spacing.Poisson;

    /// <summary>Line rate in packets per second: packets are at least 1/line apart. Infinity for no line.</summary>
    public double Line { get; init; } = TrafficDefaults.LineRate;

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <summary>
    /// Bound of the rate over any 100 us: the highest rate of the model, when packets are evenly spaced, but at most the line rate.
    /// Poisson packets know no bound but the line: without one it is infinity.
    /// </summary>
    public double PeakRate => Spacing == Spacing.Even ? Math.Min(HighestRate, Line) : Line;

    /// <summary>Highest rate of any piece.</summary>
    internal abstract double HighestRate { get; }

    /// <summary>Rate that the line must carry. It is the highest one, unless it is natural for sources to outrun the line for a while.</summary>
    internal virtual double RateOnLine => HighestRate;

    /// <inheritdoc/>
    /// <exception cref="TrafficModelException">A parameter is out of range.</exception>
    public IArrivals Start(ulong seed, long duration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(duration);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, TrafficDefaults.LongestRun);
        Check();
        return new RateArrivals(Rates(SplitMix64.Stream(seed, 1)), Spacing, Line, SplitMix64.Stream(seed, 0), duration);
    }

    void ICheckedTraffic.Check() => Check();

    /// <summary>The name, as the command line takes it.</summary>
    public sealed override string ToString() => Name;

    internal abstract IRateProcess Rates(ulong seed);

    /// <summary>Checks the range of each parameter.</summary>
    internal abstract void CheckRanges();

    /// <summary>Checks what several parameters say together.</summary>
    internal virtual void CheckTogether()
    {
    }

    /// <summary>The error for parameters that contradict each other.</summary>
    internal TrafficModelException Refused(string reason) => new($"{Name.Split(':')[0]}: {reason}");

    private void Check()
    {
        CheckRanges();
        CheckTogether();
        if (HighestRate == 0)
        {
            throw Refused("every rate is 0, and no packet would ever come: raise one.");
        }

        if (RateOnLine > Line)
        {
            throw Refused($"rates up to {RateText.Rounded(RateOnLine)} do not fit a line of {RateText.Rounded(Line)}: lower the rates, or raise line, for instance line=none.");
        }
    }
}
