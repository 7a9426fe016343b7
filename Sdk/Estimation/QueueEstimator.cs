namespace PollScale.Polling;

/// <summary>Learns from queue samples how fast packets arrive and what one costs.</summary>
internal sealed class QueueEstimator
{
    // Band in which the fast and the slow rate count as the same; then the slow one, which is less noisy, speaks.
    private const double AgreeBand = 0.10;

    // A count this many standard deviations above what the rate predicts is a new rate, not noise.
    private const double AttackSigmas = 4;
    private readonly QueueEstimatorOptions _options;
    private readonly PacketCostEstimator _cost;
    private double _windowTicks;
    private double _windowArrivals;
    private double _peakWindowTicks;
    private double _peakWindowArrivals;
    private double _fast;
    private double _fastTicks;
    private double _slow;
    private double _peak;
    private BacklogReader _backlog;
    private int _lastTold = -1;

    public QueueEstimator(QueueEstimatorOptions options)
    {
        _options = options;
        _cost = new PacketCostEstimator(options.BurstSize, options.CyclesPerPacket);
    }

    /// <summary>Arrival rate, packets per tick.</summary>
    public double ArrivalRate => _fast > _slow * (1 + AgreeBand) || _fast < _slow * (1 - AgreeBand) ? _fast : _slow;

    /// <summary>Highest arrival rate of late, packets per tick.</summary>
    public double PeakRate => _peak;

    /// <summary>Core cycles a packet costs.</summary>
    public double CyclesPerPacket => _cost.CyclesPerPacket;

    /// <summary>Backlog in packets; where the NIC cannot tell, what unbroken full bursts suggest.</summary>
    public double Backlog { get; private set; }

    /// <summary>Ticks since a packet arrived or waited.</summary>
    public double IdleTicks { get; private set; }

    /// <summary>Takes in one sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="cyclesPerTick">Core cycles per TSC tick at the sample's P-state.</param>
    public void Observe(in QueueSample sample, double cyclesPerTick)
    {
        double arrivals = Arrivals(sample);
        IdleTicks = arrivals > 0 || Backlog > 0 ? 0 : IdleTicks + sample.ElapsedTicks;
        _cost.Observe(sample, cyclesPerTick);
        _windowTicks += sample.ElapsedTicks;
        _windowArrivals += arrivals;
        if (_windowTicks > 0 && _windowTicks >= _options.WindowTicks)
        {
            Update(_windowArrivals, _windowTicks);
            _windowTicks = 0;
            _windowArrivals = 0;
        }

        _peakWindowTicks += sample.ElapsedTicks;
        _peakWindowArrivals += arrivals;
        if (_peakWindowTicks > 0 && _peakWindowTicks >= _options.PeakWindowTicks)
        {
            double forgotten = _peak * _peakWindowTicks / (_peakWindowTicks + _options.PeakTicks);
            _peak = Math.Max(_peakWindowArrivals / _peakWindowTicks, _peak - forgotten);
            _peakWindowTicks = 0;
            _peakWindowArrivals = 0;
        }
    }

    /// <summary>Forgets the arrival rate: the queue has been idle.</summary>
    public void ForgetRate()
    {
        _fast = 0;
        _fastTicks = _options.FastTicks;
        _slow = 0;
    }

    private double Arrivals(in QueueSample sample)
    {
        Backlog = _backlog.Read(sample);
        int told = sample.Backlog < 0 ? -1 : sample.Backlog - Math.Clamp(sample.GuessedBacklog, 0, sample.Backlog);

        // The first backlog did not arrive within the sample, nor is known what arrived while the clock leapt.
        bool known = told >= 0 && _lastTold >= 0 && !sample.ClockLeapt;
        double arrivals = sample.Received + (known ? told - _lastTold : 0);
        _lastTold = told;
        return Math.Max(0, arrivals);
    }

    private void Update(double arrivals, double ticks)
    {
        double rate = arrivals / ticks;
        double expected = _fast * ticks;
        bool attack = arrivals > _options.BurstSize && arrivals > expected + (AttackSigmas * Math.Sqrt(expected)) + _options.BurstSize;

        // After a jump the average starts anew: the first window held some of the old rate.
        _fastTicks = attack ? 0 : _fastTicks;
        _fast += (rate - _fast) * ticks / (ticks + _fastTicks);
        _fastTicks = Math.Min(_fastTicks + ticks, _options.FastTicks);
        _slow += (rate - _slow) * ticks / (ticks + _options.SlowTicks);
    }
}
