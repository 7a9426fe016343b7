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
    private readonly double[] _times = new double[Capacity];
    private readonly double[] _counts = new double[Capacity];
    private readonly double[] _lengths = new double[Horizons];
    private readonly double[] _most = new double[Horizons];
    private readonly int[] _starts = new int[Horizons];
    private readonly double _spacing;
    private readonly double _memory;
    private int _newest = -1;
    private double _now;

    /// <param name="tscKHz">Ticks a millisecond.</param>
    public ArrivalEnvelope(double tscKHz)
    {
        for (int i = 0; i < Horizons; i++)
        {
            _lengths[i] = ShortestMs * tscKHz * (1 << i);
        }

        _spacing = _lengths[^1] / (Capacity - 8);
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
        for (int i = 0; i < Horizons; i++)
        {
            // The latest entry that is at least the horizon old; the window is a little longer than it, never shorter.
            ref int start = ref _starts[i];
            double since = now - _lengths[i];
            for (int next = (start + 1) & Mask; start != _newest && _times[next] <= since; next = (next + 1) & Mask)
            {
                start = next;
            }

            _most[i] = Math.Max(_most[i] * forget, arrived - _counts[start]);
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
            double rest = Math.Max(0, _lengths[i] - slot);
            rate = Math.Max(rate, (backlog + _most[i] - (fastest * rest) - usable) / Math.Min(_lengths[i], slot));
        }

        return rate;
    }

    /// <summary>The most arrivals to expect within a time, from the next longer horizon.</summary>
    public double Most(double ticks)
    {
        for (int i = 0; i < Horizons; i++)
        {
            if (_lengths[i] >= ticks)
            {
                return _most[i] * (i == 0 ? Math.Min(1, (ticks / _lengths[0]) + 0.5) : 1);
            }
        }

        return _most[^1] * ticks / _lengths[^1];
    }
}
