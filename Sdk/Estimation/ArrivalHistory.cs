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

    /// <param name="spanTicks">Time to remember.</param>
    public ArrivalHistory(double spanTicks) => _spacing = spanTicks / (Capacity - 4);

    /// <summary>Adds the arrivals until now; the newest entry is replaced until it is the resolution away from the one before, so that they span the time to remember.</summary>
    public void Add(double now, double arrived)
    {
        bool merge = _length >= 2 && _times[_newest] - _times[Previous(_newest)] < _spacing;
        if (!merge)
        {
            _newest = _length == 0 ? 0 : (_newest + 1) % Capacity;
            _length = Math.Min(_length + 1, Capacity);
        }

        _times[_newest] = now;
        _counts[_newest] = arrived;
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
            speed = Math.Max(speed, waiting / Math.Max(arrived + bound - start, shortest));
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
    /// <param name="shortest">Least time left that is reckoned with: what is late already needs no haste.</param>
    public double RateToKeep(PendingRequests requests, double now, double served, double bound, double horizon, double lost, double fastest, double shortest)
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
                rate = Math.Max(rate, requests.RateToServe(waiting, Math.Max(left - lost, shortest)));
            }
        }

        return Math.Max(rate, requests.RateToServe(reached, horizon - lost));
    }

    private static int Previous(int index) => index == 0 ? Capacity - 1 : index - 1;
}
