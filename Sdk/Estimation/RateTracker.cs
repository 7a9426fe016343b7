namespace PollScale.Governors;

/// <summary>
/// The arrival rate that will go on: the slow average of a steady stream, the fast one as soon as it is lower by more than chance
/// explains. A rise needs no haste: the backlog speaks for it.
/// </summary>
internal sealed class RateTracker
{
    private const int BatchSize = 8;
    private const double SlowFactor = 10;
    private const double Deviations = 3;
    private readonly double _fastTicks, _slowTicks;
    private double _fast, _slow, _age;
    private double _arrivals, _ticks;
    private int _gathered;

    /// <param name="fastTicks">Time constant of the fast average.</param>
    public RateTracker(double fastTicks)
    {
        _fastTicks = fastTicks;
        _slowTicks = fastTicks * SlowFactor;
    }

    /// <summary>Packets per tick that are to be expected.</summary>
    public double Rate { get; private set; }

    /// <summary>Takes in arrivals together with those of the next few samples.</summary>
    public void Gather(double arrivals, double ticks)
    {
        if (ticks <= 0)
        {
            return;
        }

        // While young, each sample is news.
        _arrivals += arrivals;
        _ticks += ticks;
        if (++_gathered >= BatchSize || _age < _fastTicks)
        {
            Flush();
        }
    }

    /// <summary>Takes in what was gathered.</summary>
    public void Flush()
    {
        if (_gathered > 0)
        {
            Observe(_arrivals, _ticks);
            (_arrivals, _ticks, _gathered) = (0, 0, 0);
        }
    }

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

        Rate = _slow;
    }

    private static double Gain(double ticks, double constant) => ticks / (ticks + constant);
}
