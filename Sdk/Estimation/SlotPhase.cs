namespace PollScale.Governors;

/// <summary>
/// Learns whether an actuator takes requests up at the edges of a grid, as power control units do every 500 us or 1 ms, and where the
/// edges lie: effects of a grid fall on one phase of its period.
/// </summary>
internal sealed class SlotPhase
{
    private const int MinEffects = 6;
    private const double MinConcentration = 0.97;
    private const double KeptConcentration = 0.75;
    private const double LeastGain = 1.0 / 12;
    private const double DelayMemory = 1 - (1.0 / 32);

    // Requests that swing with a steady stream may all fall on one phase of a grid that is not there; but then none waits for its edge.
    private const double LeastDelayShare = 0.5;
    private readonly Candidate[] _candidates;
    private double _longestDelay;

    /// <param name="periods">Periods in ticks that may be the grid's.</param>
    public SlotPhase(params ReadOnlySpan<double> periods)
    {
        _candidates = new Candidate[periods.Length];
        for (int i = 0; i < periods.Length; i++)
        {
            _candidates[i] = new Candidate { Period = periods[i] };
        }
    }

    /// <summary>Period of the grid in ticks, 0 while none is known.</summary>
    public double Period { get; private set; }

    private double Edge { get; set; }

    /// <summary>Takes in an effect.</summary>
    /// <param name="time">When it was.</param>
    /// <param name="delay">How long after its request.</param>
    public void ObserveEffect(double time, double delay)
    {
        double period = 0;
        _longestDelay = Math.Max(_longestDelay * DelayMemory, delay);
        foreach (ref Candidate candidate in _candidates.AsSpan())
        {
            candidate.Observe(time, LeastGain);

            // A multiple of the true period spreads, a divisor does not: the longest that fits is the grid's. One effect that was
            // misjudged must not unseat it: a shorter one promises edges that are not there.
            bool known = candidate.Period == Period;
            double least = known ? KeptConcentration : MinConcentration;
            bool mayBe = known || _longestDelay >= LeastDelayShare * candidate.Period;
            if (candidate.Count >= MinEffects && candidate.Concentration >= least && mayBe && candidate.Period > period)
            {
                period = candidate.Period;
                Edge = candidate.Edge;
            }
        }

        Period = period;
    }

    /// <summary>Begins anew: the clock leapt, so the old phase means nothing.</summary>
    public void Forget()
    {
        Period = _longestDelay = 0;
        foreach (ref Candidate candidate in _candidates.AsSpan())
        {
            candidate = new Candidate { Period = candidate.Period };
        }
    }

    /// <summary>The first edge not before a time.</summary>
    public double EdgeFrom(double time) => Edge + (Math.Ceiling((time - Edge) / Period) * Period);

    private struct Candidate
    {
        private double _cos, _sin;

        public double Period { get; init; }

        public int Count { get; private set; }

        public readonly double Concentration => Math.Sqrt((_cos * _cos) + (_sin * _sin));

        public readonly double Edge => Math.Atan2(_sin, _cos) / Math.Tau * Period;

        public void Observe(double time, double leastGain)
        {
            double angle = (time / Period % 1) * Math.Tau;
            double gain = Math.Max(leastGain, 1.0 / ++Count);
            _cos += (Math.Cos(angle) - _cos) * gain;
            _sin += (Math.Sin(angle) - _sin) * gain;
            Count = Math.Min(Count, 1000);
        }
    }
}
