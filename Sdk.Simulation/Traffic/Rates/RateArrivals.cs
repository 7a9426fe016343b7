using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Rates;

/// <summary>
/// Arrivals at a rate that changes piece by piece. Packets are due at multiples of 1 (even) or at the points of a Poisson process of
/// rate 1, on a clock that runs at the arrival rate (the time change of Cinlar, "Introduction to Stochastic Processes", 1975); so a
/// change of rate neither loses nor adds a part of a packet. Packets due closer together than the line allows wait for it.
/// </summary>
internal sealed class RateArrivals : IArrivals
{
    private readonly IRateProcess _rates;
    private readonly bool _poisson;
    private readonly long _duration;
    private readonly long _lineGap;
    private PoissonStep _random;
    private EvenStep _even;
    private bool _ended;

    // What is left of a segment that is longer than one is made of at once.
    private RateSegment _ahead;

    // The segment, and the next packet's place in it; beyond its end when the packet belongs to a later one.
    private long _start;
    private double _length;
    private double _gap;
    private double _position;

    // What the next packet still has to wait for on the clock that runs at the arrival rate, while the rate is 0.
    private double _wait;
    private long _lineFree;

    /// <param name="rates">The rate; owned from here.</param>
    /// <param name="spacing">Spacing of packets.</param>
    /// <param name="line">Line rate in packets per second, infinity for none.</param>
    /// <param name="seed">Seed of the spacing.</param>
    /// <param name="duration">End.</param>
    public RateArrivals(IRateProcess rates, Spacing spacing, double line, ulong seed, long duration)
    {
        (_rates, _poisson, _duration) = (rates, spacing == Spacing.Poisson, duration);
        _lineGap = LineGap(line);
        _random = new PoissonStep(seed);
        _wait = _poisson ? _random.Next() : 0;
        _ended = duration <= 0;
        Enter();
    }

    /// <summary>Least spacing on a line: rounded up, so no window of 100 us ever holds a packet more than the line rate's.</summary>
    public static long LineGap(double line) => double.IsInfinity(line) ? 0 : (long)Math.Ceiling(SimTime.Second / line);

    public int Fill(Span<long> times)
    {
        int filled = 0;
        while (filled < times.Length && !_ended)
        {
            if (_position < _length)
            {
                filled += _poisson ? Fill(times[filled..], ref _random) : Fill(times[filled..], ref _even);
            }
            else
            {
                Leave();
            }
        }

        return filled;
    }

    // A type parameter, so that each spacing gets a loop of its own without a call in it.
    private int Fill<T>(Span<long> times, ref T steps)
        where T : struct, IStep
    {
        T step = steps;
        double position = _position, length = _length, gap = _gap;
        long start = _start, lineFree = _lineFree, lineGap = _lineGap;
        int filled = 0;
        while (filled < times.Length && position < length)
        {
            long time = Math.Max(start + (long)position, lineFree);
            if (time >= _duration)
            {
                _ended = true;
                break;
            }

            times[filled++] = time;
            lineFree = time + lineGap;
            position += gap * step.Next();
        }

        (steps, _position, _lineFree) = (step, position, lineFree);
        return filled;
    }

    private void Leave()
    {
        if (double.IsFinite(_gap))
        {
            _wait = (_position - _length) / _gap;
        }

        _start += (long)_length;
        _ended = _start >= _duration;
        if (!_ended)
        {
            Enter();
        }
    }

    private void Enter()
    {
        _ahead = _ahead.Length > 0 ? _ahead : _rates.Next();
        RateSegment segment = _ahead with { Length = Math.Min(_ahead.Length, RateSegment.Longest) };
        _ahead = _ahead with { Length = _ahead.Length - segment.Length };
        _length = segment.Length;
        _gap = segment.Rate > 0 ? SimTime.Second / segment.Rate : double.PositiveInfinity;
        _position = segment.Rate > 0 ? _wait * _gap : double.PositiveInfinity;
    }

    private interface IStep
    {
        /// <summary>From one packet to the next, on the clock that runs at the arrival rate.</summary>
        double Next();
    }

    private struct PoissonStep(ulong seed) : IStep
    {
        private Xoshiro256 _random = new(seed);

        public double Next() => Exponential.Next(ref _random);
    }

    private readonly struct EvenStep : IStep
    {
        public double Next() => 1;
    }
}
