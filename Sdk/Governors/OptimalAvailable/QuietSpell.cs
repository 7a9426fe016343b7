namespace PollScale.Governors;

/// <summary>How long the last decision stands unless something happens: until a time, and while packets come and wait about as they did.</summary>
internal struct QuietSpell
{
    // Of the arrivals that are expected; and how many more may be chance.
    private const double Most = 1.15, Least = 0.5, Deviations = 3;
    private double _until, _from, _arrived, _rate, _slack, _leastBacklog, _mostBacklog;
    private bool _isWithin;

    /// <summary>None.</summary>
    public static QuietSpell None => new() { _until = double.NegativeInfinity };

    /// <summary>One that ends with time alone.</summary>
    public static QuietSpell Until(double time) => new() { _until = time };

    /// <summary>One that ends when arrivals are no longer what is expected of their rate, or when the backlog leaves its limits.</summary>
    /// <param name="now">Now, in ticks.</param>
    /// <param name="until">When it ends in any case.</param>
    /// <param name="arrived">Packets arrived until now.</param>
    /// <param name="rate">Packets per tick.</param>
    /// <param name="period">Ticks in which chance may bring more.</param>
    /// <param name="least">Backlog below which it ends.</param>
    /// <param name="most">Backlog above which it ends.</param>
    public static QuietSpell Within(double now, double until, double arrived, double rate, double period, double least, double most) => new()
    {
        _until = until,
        _from = now,
        _arrived = arrived,
        _rate = rate,
        _slack = Deviations * Math.Sqrt((rate * period) + 1),
        _leastBacklog = least,
        _mostBacklog = most,
        _isWithin = true,
    };

    /// <summary>Whether the decision still stands.</summary>
    public readonly bool Holds(double now, double arrived, double backlog) => now < _until && (!_isWithin || IsAsExpected(now, arrived, backlog));

    /// <summary>Whether it ended because more came, or waits, than expected.</summary>
    public readonly bool IsTopped(double now, double arrived, double backlog) =>
        _isWithin && now < _until && (arrived - _arrived > (_rate * (now - _from) * Most) + _slack || backlog > _mostBacklog);

    private readonly bool IsAsExpected(double now, double arrived, double backlog)
    {
        double expected = _rate * (now - _from), came = arrived - _arrived;
        return came <= (expected * Most) + _slack && came >= (expected * Least) - _slack && backlog >= _leastBacklog && backlog <= _mostBacklog;
    }
}
