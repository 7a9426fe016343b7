using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>
/// Runs at the arrival rate plus what drains the backlog within a drain time. It rises at once, by as many P-states as needed, and
/// falls when a peak is past its hold time. A bound on loss overrules both: where the ring might overflow before a later call
/// could help, it asks for the fastest P-state.
/// </summary>
public sealed class DrainTimeGovernor : IGovernor
{
    private const int SlowRateFactor = 10;
    private const double PeakMemorySeconds = 1;
    private const double UnknownPeakFactor = 2;
    private readonly PStateTable _pStates;
    private readonly DrainTimeOptions _options;
    private readonly QueueEstimator _estimator;
    private readonly PeakHold _hold;
    private readonly double _tscKHz;
    private readonly double _setpoint;
    private readonly double _drainTicks;
    private readonly double _holdTicks;
    private readonly double _peakRate;
    private LossBound _bound;
    private int _target;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DrainTimeGovernor(GovernorContext context, DrainTimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = options ?? new DrainTimeOptions();
        _options.Validate();
        _pStates = context.PStates;
        _tscKHz = context.TscKHz;
        _setpoint = _options.SetpointBacklog ?? context.BurstSize;
        _drainTicks = Ticks(_options.DrainTime);
        _holdTicks = Ticks(_options.HoldTime);
        _peakRate = _options.PeakPacketsPerSecond / 1000 / _tscKHz;
        _hold = new PeakHold(_holdTicks);
        double rateTicks = Ticks(_options.RateTime);
        _estimator = new QueueEstimator(new QueueEstimatorOptions(
            rateTicks,
            rateTicks * SlowRateFactor,
            PeakMemorySeconds * 1000 * _tscKHz,
            context.DecisionTicks / 2.0,
            context.BurstSize,
            _options.CyclesPerPacket));
        double latency = _options.TransitionLatency is TimeSpan span ? Ticks(span) : _pStates.TransitionLatencyNs * _tscKHz / 1e6;
        _bound = new LossBound(_options.HighWater * context.RingSize, Ticks(_options.CallTime), latency + context.DecisionTicks, context.BurstSize);
        _target = _pStates.FastestAllowed;
    }

    /// <summary>Core cycles a packet costs, as learned.</summary>
    public double CyclesPerPacket => _estimator.CyclesPerPacket;

    /// <summary>Arrival rate in packets per second, as estimated.</summary>
    public double ArrivalsPerSecond => _estimator.ArrivalRate * _tscKHz * 1000;

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        int granted = Math.Clamp(sample.PState, 0, _pStates.Count - 1);
        _estimator.Observe(sample, _pStates[granted] / _tscKHz);
        if (sample.CallTicks > 0)
        {
            _bound.ObserveCall(sample.CallTicks);
        }

        if (_estimator.IdleTicks >= _holdTicks)
        {
            _estimator.ForgetRate();
            _hold.Clear();
        }

        double backlog = _estimator.Backlog;
        double rate = _estimator.ArrivalRate;

        // What a call's own stall leaves in the ring is no reason for the next call.
        double setpoint = _setpoint + (rate * Math.Min(_bound.CallTicks, _drainTicks / 2));
        double demand = (rate * _options.RateMargin) + (Math.Max(0, backlog - setpoint) / _drainTicks);
        double needed = demand * _estimator.CyclesPerPacket * _tscKHz;
        double held = _hold.Add(sample.ElapsedTicks, needed);
        double peakRate = PeakRate();
        if (backlog >= Limit(granted, peakRate, calls: 1) || backlog >= Limit(_target, peakRate, calls: 1))
        {
            _target = _pStates.FastestAllowed;
        }
        else if (_pStates.SlowestAtLeast(needed) < _target)
        {
            _target = _pStates.SlowestAtLeast(needed * _options.StepHeadroom);
        }
        else
        {
            Fall(_pStates.SlowestAtLeast(held * _options.StepHeadroom), backlog, peakRate);
        }

        return new ScalingDecision(_target, EscalateAt(peakRate));
    }

    // Down to the slowest P-state that is wanted and from which two calls still come in time.
    private void Fall(int wanted, double backlog, double peakRate)
    {
        while (wanted > _target && backlog >= Limit(wanted, peakRate, calls: 2))
        {
            wanted--;
        }

        _target = Math.Max(_target, wanted);
    }

    private int EscalateAt(double peakRate)
    {
        if (_target == _pStates.FastestAllowed)
        {
            return ScalingDecision.Never;
        }

        double limit = Math.Ceiling(Limit(_target, peakRate, calls: 1));
        return (int)Math.Clamp(limit, 1, ScalingDecision.Never - 1);
    }

    private double Limit(int pState, double peakRate, int calls) => _bound.Limit(peakRate, ServiceRate(pState), calls);

    private double ServiceRate(int pState) => _pStates[pState] / _tscKHz / _estimator.CyclesPerPacket;

    private double PeakRate() => _peakRate > 0
        ? _peakRate
        : Math.Max(_estimator.PeakRate * UnknownPeakFactor, ServiceRate(_pStates.FastestAllowed));

    private double Ticks(TimeSpan span) => span.TotalMilliseconds * _tscKHz;
}
