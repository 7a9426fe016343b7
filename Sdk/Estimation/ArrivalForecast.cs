namespace PollScale.Governors;

/// <summary>
/// How much is to be expected while much arrives: of what the rate of the moment is above the mean, the part that on average went on for a time. Learned for times of one to
/// thirty-two delay bounds, from what came after moments like this; bursts tell the most, for they differ the most from the mean.
/// </summary>
internal sealed class ArrivalForecast
{
    private const int Horizons = 6;
    private const int Capacity = 256;
    private const int MarksInBound = 4;
    private const double Memory = 1 - (1.0 / 2048);
    private const double MeanTimes = 200;
    private const double LeastSeen = 16;
    private readonly double _bound;
    private readonly (double Time, double Count, double Rate)[] _marks = new (double, double, double)[Capacity];
    private readonly int[] _next = new int[Horizons];
    private readonly double[] _both = new double[Horizons], _square = new double[Horizons];
    private double _mean, _age, _seen;
    private int _count;

    /// <param name="boundTicks">Delay bound.</param>
    public ArrivalForecast(double boundTicks) => _bound = boundTicks;

    /// <summary>Takes in a moment.</summary>
    /// <param name="now">When.</param>
    /// <param name="arrived">Packets arrived until then.</param>
    /// <param name="rate">Rate of the moment, packets per tick.</param>
    public void Observe(double now, double arrived, double rate)
    {
        ref (double Time, double Count, double Rate) last = ref _marks[(_count + Capacity - 1) % Capacity];
        double passed = now - last.Time;
        if (_count > 0 && passed < _bound / MarksInBound)
        {
            return;
        }

        if (_count > 0)
        {
            _age = Math.Min(_age + passed, _bound * MeanTimes);
            _mean += (((arrived - last.Count) / passed) - _mean) * (passed / (passed + _age));
            _seen++;
        }

        for (int i = 0; i < Horizons; i++)
        {
            double horizon = _bound * (1 << i);
            for (ref int next = ref _next[i]; next < _count && now - _marks[next % Capacity].Time >= horizon; next++)
            {
                (double time, double count, double then) = _marks[next % Capacity];
                double over = then - _mean;
                _both[i] = (_both[i] * Memory) + (over * (((arrived - count) / (now - time)) - _mean));
                _square[i] = (_square[i] * Memory) + (over * over);
            }
        }

        _marks[_count++ % Capacity] = (now, arrived, rate);
        for (int i = 0; i < Horizons; i++)
        {
            _next[i] = Math.Max(_next[i], _count - Capacity);
        }
    }

    /// <summary>The least constant rate that serves what waits and what is to be expected within the delay bound each.</summary>
    /// <param name="waiting">Packets that wait.</param>
    /// <param name="rate">Rate of the moment, packets per tick.</param>
    /// <param name="bound">Time within which a packet is to be served.</param>
    public double SpeedToMeet(double waiting, double rate, double bound)
    {
        double speed = 0, over = rate - _mean;
        for (int i = 0; i < Horizons && over > 0 && _seen >= LeastSeen; i++)
        {
            double horizon = _bound * (1 << i), lasts = _square[i] > 0 ? Math.Clamp(_both[i] / _square[i], 0, 1) : 0;
            speed = Math.Max(speed, (waiting + ((_mean + (over * lasts)) * horizon)) / (horizon + bound));
        }

        return speed;
    }
}
