namespace PollScale.Governors;

/// <summary>How many packets had arrived by when, over the last delay bound or more: what the age of waiting packets is known from.</summary>
internal sealed class ArrivalHistory
{
    private const int Capacity = 128;
    private readonly double[] _times = new double[Capacity];
    private readonly double[] _counts = new double[Capacity];
    private readonly double _spacing;
    private int _newest;
    private int _length;
    private int _oldest;

    /// <param name="spanTicks">Time to remember.</param>
    public ArrivalHistory(double spanTicks) => _spacing = spanTicks / (Capacity - 4);

    /// <summary>Adds the arrivals until now; the newest entry is replaced until it is the resolution away from the one before, so that they span the time to remember.</summary>
    public void Add(double now, double arrived)
    {
        bool merge = _length >= 2 && _times[_newest] - _times[Previous(_newest)] < _spacing;
        if (!merge)
        {
            _newest = _length == 0 ? 0 : (_newest + 1) % Capacity;
            _oldest = _length == Capacity && _oldest == _newest ? (_oldest + 1) % Capacity : _oldest;
            _length = Math.Min(_length + 1, Capacity);
        }

        _times[_newest] = now;
        _counts[_newest] = arrived;
    }

    /// <summary>Packets that arrived since a time, or a little before it.</summary>
    /// <param name="time">The time.</param>
    /// <param name="ticks">Ticks in which they did.</param>
    public double Since(double time, out double ticks)
    {
        int at = _newest;
        for (int i = 1; i < _length && _times[at] > time; i++)
        {
            at = Previous(at);
        }

        ticks = _times[_newest] - _times[at];
        return _counts[_newest] - _counts[at];
    }

    /// <summary>When the oldest packet that waits arrived, or earlier; the last entry's time where none waits.</summary>
    /// <param name="served">Packets served, never fewer than when asked before.</param>
    public double Oldest(double served)
    {
        while (_oldest != _newest && _counts[_oldest] <= served)
        {
            _oldest = (_oldest + 1) % Capacity;
        }

        // Packets of an entry arrived since the one before it, if that is still known.
        return _oldest == First ? _times[_oldest] : _times[Previous(_oldest)];
    }

    /// <summary>
    /// The optimal-available speed: the least constant rate from <paramref name="start"/> on with which every packet that has arrived
    /// is served within <paramref name="bound"/> of its arrival (Yao, Demers, Shenker 1995, for packets of one deadline).
    /// </summary>
    /// <param name="start">When the rate begins.</param>
    /// <param name="served">Packets served by then.</param>
    /// <param name="bound">Delay bound in ticks.</param>
    /// <param name="shortest">Least time left that is reckoned with.</param>
    public double SpeedToMeet(double start, double served, double bound, double shortest)
    {
        double speed = 0;
        for (int i = 0, at = _newest; i < _length; i++, at = Previous(at))
        {
            double waiting = _counts[at] - served;
            if (waiting <= 0)
            {
                break;
            }

            // Packets of an entry arrived since the one before it: the oldest of them counts.
            double arrived = i + 1 < _length ? _times[Previous(at)] : _times[at];
            double left = Math.Max(arrived + bound - start, shortest);
            speed = waiting > speed * left ? waiting / left : speed;
        }

        return speed;
    }

    /// <summary>
    /// The least rate of a request made now with which every packet that has arrived is served within <paramref name="bound"/> of its arrival for
    /// certain, if the fastest P-state serves from <paramref name="horizon"/> on.
    /// </summary>
    /// <param name="requests">What may be in effect until then.</param>
    /// <param name="now">Now.</param>
    /// <param name="served">Packets served.</param>
    /// <param name="bound">Delay bound in ticks.</param>
    /// <param name="horizon">Ticks until the fastest serves.</param>
    /// <param name="lost">Part of it in which nothing may be served.</param>
    /// <param name="fastest">What it serves, packets a tick.</param>
    /// <param name="shortest">Time that is reckoned with for what is late already: it needs no haste.</param>
    /// <param name="least">Least time that is reckoned with for what is not: 0 where a request would itself make it late.</param>
    public double RateToKeep(PendingRequests requests, double now, double served, double bound, double horizon, double lost, double fastest, double shortest, double least)
    {
        double rate = 0, reached = double.NegativeInfinity;
        for (int i = 0, at = _newest; i < _length; i++, at = Previous(at))
        {
            double waiting = _counts[at] - served;
            if (waiting <= 0)
            {
                break;
            }

            double left = (i + 1 < _length ? _times[Previous(at)] : _times[at]) + bound - now;
            if (left >= horizon)
            {
                // The fastest serves as fast as packets come, so of these the oldest is the nearest to its bound.
                reached = waiting - (fastest * (left - horizon));
            }
            else
            {
                rate = Math.Max(rate, requests.RateToServe(waiting, left > 0 ? Math.Max(left - lost, least) : shortest));
            }
        }

        return Math.Max(rate, requests.RateToServe(reached, horizon - lost));
    }

    /// <summary>By how many packets those that wait are in time, if nothing is asked for until then and the fastest P-state serves from <paramref name="horizon"/> on.</summary>
    /// <param name="requests">What may be in effect until then.</param>
    /// <param name="now">Now.</param>
    /// <param name="served">Packets served.</param>
    /// <param name="bound">Delay bound in ticks.</param>
    /// <param name="horizon">Ticks until the fastest serves.</param>
    /// <param name="lost">Part of it in which nothing may be served.</param>
    /// <param name="fastest">What it serves, packets a tick.</param>
    /// <param name="atHorizon">Packets served by then.</param>
    /// <returns>The least of those that are due before the fastest could serve, and of the others.</returns>
    public (double Near, double Far) Margins(PendingRequests requests, double now, double served, double bound, double horizon, double lost, double fastest, double atHorizon)
    {
        double near = double.PositiveInfinity, far = double.PositiveInfinity;
        for (int i = 0, at = _newest; i < _length; i++, at = Previous(at))
        {
            double waiting = _counts[at] - served;
            if (waiting <= 0)
            {
                break;
            }

            double left = (i + 1 < _length ? _times[Previous(at)] : _times[at]) + bound - now;
            if (left >= horizon)
            {
                far = Math.Min(far, atHorizon + (fastest * (left - horizon)) - waiting);
            }
            else
            {
                near = Math.Min(near, requests.Served(left - lost) - waiting);
            }
        }

        return (near, far);
    }

    private int First => _length < Capacity ? 0 : (_newest + 1) % Capacity;

    private static int Previous(int index) => index == 0 ? Capacity - 1 : index - 1;
}
