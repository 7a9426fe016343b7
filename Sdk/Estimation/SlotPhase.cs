namespace PollScale.Governors;

/// <summary>
/// Learns whether an actuator takes requests up at the edges of a grid, as power control units do every 500 us or 1 ms, where the
/// edges lie, and by how much a request must precede them: effects of a grid fall on one phase of its period, and those of requests that came later
/// than the edge at which they are sampled, on the next.
/// </summary>
/// <remarks>Edges are trusted only while effects come at them. What is certain whatever the actuator does rests on none of this.</remarks>
internal sealed class SlotPhase
{
    private const int MinEffects = 6;
    private const int MostEffects = 96;
    private const int EffectsToTrustAgain = 2;
    private const double EdgeTolerance = 0.05;
    private const int MostMissed = 2;
    private const double MissMemory = 0.75;

    // Steps by which the sampling edge is looked for, as shares of the period: in the dark, and where a request is known to have been early enough.
    private const double BlindStep = 1.0 / 16, LeastStep = 1.0 / 64;
    private const double MinConcentration = 0.97;
    private const double KeptConcentration = 0.75;
    private const double LeastGain = 1.0 / 12;
    private const double DelayMemory = 1 - (1.0 / 32);

    // Requests that swing with a steady stream may all fall on one phase of a grid that is not there; but then none waits for its edge.
    private const double LeastDelayShare = 0.5;
    private readonly Candidate[] _candidates;
    private double _longestDelay;
    private double _period;
    private double _missed, _reached = double.PositiveInfinity;
    private int _least = MinEffects;
    private int _doubts;
    private int _misses;

    /// <param name="periods">Periods in ticks that may be the grid's.</param>
    public SlotPhase(params ReadOnlySpan<double> periods)
    {
        _candidates = new Candidate[periods.Length];
        for (int i = 0; i < periods.Length; i++)
        {
            _candidates[i] = new Candidate { Period = periods[i] };
        }
    }

    /// <summary>Period of the grid in ticks, 0 while none is known or its edges are not trusted.</summary>
    public double Period => _doubts > 0 ? 0 : _period;

    /// <summary>Ticks by which a request must precede an edge of effects to be in time for it: 0 where none was seen to miss one.</summary>
    public double Lead
    {
        get
        {
            double gap = double.IsPositiveInfinity(_reached) ? 2 * BlindStep * _period : _reached - _missed;
            return _missed <= 0 ? 0 : Math.Min(_missed + Math.Max(gap / 2, LeastStep * _period), Math.Max(_reached, _missed));
        }
    }

    private double Edge { get; set; }

    /// <summary>Takes in an effect.</summary>
    /// <param name="time">When it was.</param>
    /// <param name="delay">How long after its request.</param>
    /// <param name="resolution">How well its time is known, ticks.</param>
    /// <returns>What there is to wonder at.</returns>
    public ActuatorSurprise ObserveEffect(double time, double delay, double resolution = 0)
    {
        ActuatorSurprise surprise = Compare(time, delay, resolution);
        double period = 0;
        _longestDelay = Math.Max(_longestDelay * DelayMemory, delay);
        foreach (ref Candidate candidate in _candidates.AsSpan())
        {
            candidate.Observe(time, LeastGain);

            // A multiple of the true period spreads, a divisor does not: the longest that fits is the grid's. One effect that was
            // misjudged must not unseat it: a shorter one promises edges that are not there.
            bool known = candidate.Period == _period;
            double least = known ? KeptConcentration : MinConcentration;
            bool mayBe = known || _longestDelay >= LeastDelayShare * candidate.Period;
            if (candidate.Count >= (known ? MinEffects : _least) && candidate.Concentration >= least && mayBe && candidate.Period > period)
            {
                period = candidate.Period;
                Edge = candidate.Edge;
            }
        }

        if (period != _period)
        {
            (_missed, _reached, _misses) = (0, double.PositiveInfinity, 0);
        }

        _period = period;
        return surprise;
    }

    /// <summary>Begins anew: the clock leapt, so the old phase means nothing.</summary>
    public void Forget()
    {
        _period = _longestDelay = _missed = 0;
        _reached = double.PositiveInfinity;
        _doubts = _misses = 0;
        foreach (ref Candidate candidate in _candidates.AsSpan())
        {
            candidate = new Candidate { Period = candidate.Period };
        }
    }

    /// <summary>The first edge not before a time.</summary>
    public double EdgeFrom(double time) => Edge + (Math.Ceiling((time - Edge) / _period) * _period);

    private ActuatorSurprise Compare(double time, double delay, double resolution)
    {
        if (_period <= 0)
        {
            return ActuatorSurprise.None;
        }

        double edge = EdgeFrom(time - (_period / 2));
        if (Math.Abs(time - edge) > Math.Max(resolution, _period * EdgeTolerance))
        {
            GiveUp(again: _doubts > 0);
            return ActuatorSurprise.OffGrid;
        }

        // The first edge after the request, and by how much the request preceded it.
        double request = time - delay, lead = EdgeFrom(request) - request;
        int passed = (int)Math.Round((edge - EdgeFrom(request)) / _period);
        bool surprises = passed > 1 || (passed == 1 && lead >= _reached);
        if (passed == 0)
        {
            _reached = Math.Min(_reached, lead);
            _missed = lead < _missed ? lead + ((_missed - lead) * MissMemory) : _missed;
        }
        else if (passed == 1 && lead > resolution / 2)
        {
            _reached = surprises ? double.PositiveInfinity : _reached;
            _missed = Math.Max(_missed, lead);
        }

        // One alone may be a grid that is still being told apart from one half as wide, or an execution time that is not always the same.
        _misses = surprises ? _misses + 1 : 0;
        if (_misses >= MostMissed)
        {
            GiveUp(again: _doubts > 0);
            return ActuatorSurprise.MissedEdge;
        }

        _doubts = Math.Max(0, _doubts - 1);
        return ActuatorSurprise.None;
    }

    // At the first effect that does not come at an edge; at a second it is another grid, or none, and the more often the more it takes to believe in one.
    private void GiveUp(bool again)
    {
        if (again)
        {
            double longest = _longestDelay;
            Forget();
            _longestDelay = longest;
            _least = Math.Min(2 * _least, MostEffects);
        }

        _doubts = again ? 0 : EffectsToTrustAgain;
    }

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
