namespace PollScale.Governors;

/// <summary>
/// The arrival rate that will go on: the slow average of a steady stream, the fast one as soon as it is lower by more than chance
/// explains. A rise needs no haste: the backlog speaks for it.
/// </summary>
internal sealed class RateTracker
{
    private const double SlowFactor = 10;
    private const double Deviations = 3;
    private readonly double _fastTicks, _slowTicks;
    private double _fast, _slow, _age;

    /// <param name="fastTicks">Time constant of the fast average.</param>
    public RateTracker(double fastTicks)
    {
        _fastTicks = fastTicks;
        _slowTicks = fastTicks * SlowFactor;
    }

    /// <summary>Packets per tick that are to be expected.</summary>
    public double Rate { get; private set; }

    /// <summary>Takes in arrivals.</summary>
    public void Observe(double arrivals, double ticks)
    {
        if (ticks <= 0)
        {
            return;
        }

        // While young, an average is over what was seen so far.
        _age += ticks;
        double rate = arrivals / ticks;
        _fast += (rate - _fast) * Gain(ticks, Math.Min(_fastTicks, _age));
        _slow += (rate - _slow) * Gain(ticks, Math.Min(_slowTicks, _age));
        double noise = Deviations * Math.Sqrt(Math.Max(_slow, 1 / _slowTicks) / (2 * _fastTicks));
        if (_fast < _slow - noise)
        {
            _slow = _fast + noise; // what was is over; the average follows at the distance that chance explains
        }

        Rate = Math.Min(_slow, _fast + noise);
    }

    private static double Gain(double ticks, double constant) => ticks / (ticks + constant);
}
