namespace PollScale.Governors;

/// <summary>
/// The most packets that arrived of late within any time of some length, for lengths from 40 us to 2.56 ms: what to expect at worst
/// where no line rate bounds it. A maximum is forgotten with a time constant of a second.
/// </summary>
internal sealed class ArrivalEnvelope
{
    private const int Horizons = 7;
    private const int Capacity = 256, Mask = Capacity - 1;
    private const double ShortestMs = 0.04;
    private const double MemoryMs = 1000;

    // Times, in parts of the memory: in which the first maxima are gathered, before which nothing is tame, and for which what was surprising is not.
    private const double Gathering = 0.2, FirstTame = 0.7, Wild = 5;

    // A maximum that is exceeded by a tenth and three standard deviations of chance is a surprise. Those that are relied on get a tenth, and two of these, besides, and a burst that
    // begins at the worst time a quarter. With less, bursty workloads lost packets on rings of 512 and 1024; with more, those whose bursts are alike cost energy.
    private const double Surprise = 1.1, SurpriseDeviations = 3, Margin = 1.1, Deviations = 2, BurstMargin = 1.25;
    private readonly double[] _times = new double[Capacity];
    private readonly double[] _counts = new double[Capacity];
    private readonly Horizon[] _horizons = new Horizon[Horizons];
    private readonly double _spacing;
    private readonly double _memory;
    private int _newest = -1;
    private double _now;
    private double _wildUntil;

    /// <param name="tscKHz">Ticks a millisecond.</param>
    public ArrivalEnvelope(double tscKHz)
    {
        for (int i = 0; i < Horizons; i++)
        {
            _horizons[i].Length = ShortestMs * tscKHz * (1 << i);
        }

        _spacing = _horizons[^1].Length / (Capacity - 8);
        _memory = MemoryMs * tscKHz;
    }

    /// <summary>Takes in how many packets have arrived until now.</summary>
    /// <param name="now">Ticks.</param>
    /// <param name="arrived">Packets arrived.</param>
    /// <param name="quiet">No more came than before: there is no new maximum.</param>
    public void Observe(double now, double arrived, bool quiet = false)
    {
        if (_newest < 0 || now - _times[_newest] >= _spacing)
        {
            _newest = (_newest + 1) & Mask;
            _times[_newest] = now;
            _counts[_newest] = arrived;
        }

        if (quiet)
        {
            return;
        }

        double forget = Math.Max(0, 1 - ((now - _now) / _memory));
        _now = now;
        bool surprises = now > Gathering * _memory;
        int newest = _newest;
        double[] times = _times;
        foreach (ref Horizon horizon in _horizons.AsSpan())
        {
            // The latest entry that is at least the horizon old; the window is a little longer than it, never shorter.
            int start = horizon.Start;
            double since = now - horizon.Length;
            for (int next = (start + 1) & Mask; start != newest && times[next] <= since; next = (next + 1) & Mask)
            {
                start = next;
            }

            double last = arrived - _counts[start], most = horizon.Most * forget;
            (horizon.Start, horizon.Last, horizon.Most) = (start, last, last > most ? last : most);

            // The root only where it decides: it takes longer than all else here.
            if (surprises && last > most * Surprise && last > (most * Surprise) + (SurpriseDeviations * Math.Sqrt(most)))
            {
                _wildUntil = now + (Wild * _memory);
            }
        }
    }

    /// <summary>Least rate from the start of a slot with which the ring never overflows, if later slots run at the fastest.</summary>
    /// <param name="backlog">Packets waiting at its start.</param>
    /// <param name="slot">Its length.</param>
    /// <param name="fastest">The fastest service rate.</param>
    /// <param name="usable">What the ring holds.</param>
    public double RateToSurvive(double backlog, double slot, double fastest, double usable)
    {
        double rate = 0;
        for (int i = 0; i < Horizons; i++)
        {
            double rest = Math.Max(0, _horizons[i].Length - slot);
            rate = Math.Max(rate, (backlog + _horizons[i].Most - (fastest * rest) - usable) / Math.Min(_horizons[i].Length, slot));
        }

        return rate;
    }

    /// <summary>
    /// Least rate in a slot that begins after a wait, with which each packet that may come is served in time, if the fastest serves from its end on: what came last within any
    /// time counts as part of the most that came within a longer one.
    /// </summary>
    /// <param name="backlog">Packets waiting now.</param>
    /// <param name="wait">Ticks until the slot begins.</param>
    /// <param name="serviceNow">Rate until then.</param>
    /// <param name="slot">Its length.</param>
    /// <param name="fastest">The fastest service rate.</param>
    /// <param name="usable">What the ring holds.</param>
    /// <param name="bound">Ticks that a packet may wait; 0 where only the ring counts.</param>
    /// <param name="line">Highest arrival rate, beyond which what was seen gets no margin; infinite where none is certain.</param>
    public double RateToServe(double backlog, double wait, double serviceNow, double slot, double fastest, double usable, double bound, double line)
    {
        double rate = 0, longer = double.PositiveInfinity, coming = double.PositiveInfinity;
        for (int i = Horizons - 1; i >= 0; i--)
        {
            ref readonly Horizon horizon = ref _horizons[i];
            double chance = Deviations * Math.Sqrt(horizon.Most), limit = line * horizon.Length, relied = Math.Min((Margin * horizon.Most) + chance, limit);

            // What may come within a time from now on, with what came just before, is no more than the most that came within both: at most the next longer time. What came within
            // a longer one is never less.
            coming = Math.Min(coming, Math.Max(0, longer - horizon.Last));
            longer = relied;
            double at = horizon.Length + bound, within = Math.Min(at - wait, slot);
            if (within > 0)
            {
                double needed = backlog + Math.Min(relied, coming) - usable - (serviceNow * wait) - (fastest * Math.Max(0, at - wait - slot));
                rate = Math.Max(rate, needed / within);
            }

            // What comes in the slot may come at its start, when nothing waits that could be served before.
            double burst = Math.Min((BurstMargin * horizon.Most) + chance, limit);
            rate = Math.Max(rate, (burst - usable - (fastest * Math.Max(0, at - slot))) / Math.Min(at, slot));
        }

        return rate;
    }

    /// <summary>For seconds no burst was much larger than those of the second before it: what came of late may be relied on.</summary>
    public bool IsTame => _now > Math.Max(_wildUntil, FirstTame * _memory);

    /// <summary>The most arrivals to expect within a time, from the next longer horizon.</summary>
    public double Most(double ticks)
    {
        for (int i = 0; i < Horizons; i++)
        {
            if (_horizons[i].Length >= ticks)
            {
                return _horizons[i].Most * (i == 0 ? Math.Min(1, (ticks / _horizons[0].Length) + 0.5) : 1);
            }
        }

        return _horizons[^1].Most * ticks / _horizons[^1].Length;
    }

    private struct Horizon
    {
        public double Length, Most, Last;
        public int Start;
    }
}
