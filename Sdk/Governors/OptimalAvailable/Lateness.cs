namespace PollScale.Governors;

/// <summary>
/// How late waits end, as far as that is due to waiting. Where the core is taken away from a loop that polls too, as by a host that is busy, waits that end as late as that and no more often would be as late without them.
/// </summary>
internal sealed class Lateness
{
    // Of the last waits one in so many may end later than is reckoned with, and one more: p99.99.
    private const int Rare = 10_000, Remembered = 2 * Rare;

    // How often the core is taken away is remembered for so long. By chance that may have come more often then, or come more often while it waits: by two standard deviations each.
    private const double RememberedMs = 10_000, Deviations = 2;
    private readonly DelayTally _ended, _taken;
    private readonly double _remembered;
    private uint _waits;
    private double _lastWait;

    /// <param name="stated">How late a wait may end at any time, ticks.</param>
    /// <param name="least">The shortest time that counts, ticks.</param>
    /// <param name="tscKHz">Unit of ticks.</param>
    public Lateness(double stated, double least, double tscKHz)
    {
        double step = Math.Max(stated, least);
        (_ended, _taken) = (new DelayTally(stated, step), new DelayTally(step, step));
        _remembered = RememberedMs * tscKHz;
        Ticks = Stated = stated;
    }

    /// <summary>How late a wait may end at any time, ticks.</summary>
    public double Stated { get; }

    /// <summary>What is to be reckoned with, ticks.</summary>
    public double Ticks { get; private set; }

    /// <summary>Takes in a wait.</summary>
    /// <param name="now">When it ended, ticks.</param>
    /// <param name="took">Ticks that it took.</param>
    /// <param name="late">Of them, later than asked.</param>
    public void Waited(double now, double took, double late)
    {
        _lastWait = now;
        _ended.Ticks += took;
        int step = _ended.Add(late);
        if (++_waits >= Remembered)
        {
            Forget();
        }
        else if (step > 0)
        {
            Judge();
        }
    }

    /// <summary>Takes in time in which the loop polled.</summary>
    /// <param name="ticks">How long.</param>
    /// <param name="taken">Of them, for how long the core was taken away, as far as that is certain; 0 for none.</param>
    public void Polled(double ticks, double taken)
    {
        _taken.Ticks += ticks;
        if (_taken.Ticks >= _remembered)
        {
            _taken.Halve();
        }

        if (taken > 0 && _taken.Add(taken) > 0 && Ticks > Stated)
        {
            Judge();
        }
    }

    /// <summary>
    /// Takes in that nobody waits because of it: after so long that one late wait in that time makes late one packet in ten thousand at most, the half is forgotten, so that it is tried again.
    /// </summary>
    public void Refused(double now)
    {
        if (_waits > 0 && now - _lastWait >= Rare * Ticks)
        {
            _lastWait = now;
            Forget();
        }
    }

    private void Forget()
    {
        _waits /= 2;
        _ended.Halve();
        Judge();
    }

    private void Judge()
    {
        double share = _taken.Ticks > 0 ? _ended.Ticks / _taken.Ticks : 0, taken = 0, late = 0, rare = 1 + (_waits / Rare);
        int step = DelayTally.Last;
        for (; step > 0; step--)
        {
            late += _ended[step];
            taken += _taken[step];
            double expected = Math.Max(0, taken - (Deviations * Math.Sqrt(taken))) * share;
            if (late > rare + expected + (Deviations * Math.Sqrt(expected)))
            {
                break;
            }
        }

        Ticks = _ended.Longest(step);
    }
}
