using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>
/// Runs at the arrival rate plus what drains the backlog within a drain time. It rises at once, by as many P-states as needed, and
/// falls when a peak is past its hold time. A bound on loss overrules both: where the ring might overflow before a later call
/// could help, it asks for the fastest P-state.
/// </summary>
public sealed class DrainTimeGovernor : IExplainedGovernor, ILossBoundGovernor
{
    private const int SlowRateFactor = 10;
    private const double PeakMemorySeconds = 1;
    private const double UnknownPeakFactor = 2;
    private readonly PStateTable _pStates;
    private readonly DrainTimeOptions _options;
    private readonly QueueEstimator _estimator;
    private readonly PeakHold _hold;
    private readonly PendingRequests _requests;
    private readonly double _tscKHz;
    private readonly double _setpoint;
    private readonly double _drainTicks;
    private readonly double _holdTicks;
    private readonly double _peakRate;
    private LossBound _bound;
    private double _now;
    private double _sinceChange;
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
        _drainTicks = context.Ticks(_options.DrainTime);
        _holdTicks = context.Ticks(_options.HoldTime);
        _peakRate = context.PeakRate(_options.PeakPacketsPerSecond);
        _hold = new PeakHold(_holdTicks);
        double rateTicks = context.Ticks(_options.RateTime);
        double latency = context.LatencyTicks(_options.ActuatorLatency);
        ActuatorLatency = TimeSpan.FromMilliseconds(latency / _tscKHz);
        double waitTicks = latency + context.DecisionTicks;
        _estimator = new QueueEstimator(new QueueEstimatorOptions(
            rateTicks,
            rateTicks * SlowRateFactor,
            PeakMemorySeconds * 1000 * _tscKHz,
            context.DecisionTicks / 2.0,
            context.CallTicks(_options.CallTime) + waitTicks,
            context.BurstSize,
            _options.CyclesPerPacket));
        _requests = new PendingRequests(_pStates, latency);
        _bound = new LossBound(
            _options.HighWater * context.RingSize,
            new WorstCase(latency, context.DecisionTicks, context.CallTicks(_options.CallTime), Math.Min(context.Ticks(context.Stall), latency), context.BurstSize));
        _target = _pStates.FastestAllowed;
    }

    /// <summary>Core cycles a packet costs, as learned.</summary>
    public double CyclesPerPacket => _estimator.CyclesPerPacket;

    /// <inheritdoc/>
    public DecisionReason LastReason { get; private set; }

    /// <inheritdoc/>
    public double HighWater => _options.HighWater;

    /// <inheritdoc/>
    public double PeakPacketsPerSecond => _peakRate * 1000 * _tscKHz;

    /// <inheritdoc/>
    public TimeSpan ActuatorLatency { get; }

    /// <inheritdoc/>
    /// <remarks>It does not look.</remarks>
    public ActuatorSurprise Surprise => ActuatorSurprise.None;

    /// <inheritdoc/>
    public double ArrivalsPerSecond => _estimator.ArrivalRate * _tscKHz * 1000;

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        int granted = Math.Clamp(sample.PState, 0, _pStates.Count - 1);
        _now += sample.ElapsedTicks;
        _requests.Observe(sample, _now);
        _estimator.Observe(sample, _pStates[granted] / _tscKHz);
        _bound.ObserveCall(sample.CallTicks);
        bool idle = _estimator.IdleTicks >= _holdTicks;
        if (idle)
        {
            _estimator.ForgetRate();
            _hold.Clear();
        }

        double backlog = _estimator.Backlog;
        double rate = _estimator.ArrivalRate;

        // What a call's own stall leaves in the ring is no reason for the next call.
        double setpoint = _setpoint + (rate * Math.Min(_bound.CallTicks, _drainTicks / 2));
        double needed = NeededKHz(rate, backlog - setpoint);
        double held = _hold.Add(sample.ElapsedTicks, needed);
        double peakRate = PeakRate();
        int before = _target, slowest = _requests.Slowest();
        double limit = Limit(_target, peakRate, calls: 1);
        if (backlog >= limit || (slowest != _target && backlog >= Limit(slowest, peakRate, calls: 1)))
        {
            _target = _pStates.FastestAllowed;
            LastReason = DecisionReason.Certificate;
        }
        else if (_pStates.SlowestAtLeast(needed) < _target)
        {
            // The backlog grows on until the call has its effect: ask at once for the speed that this will take.
            double effective = backlog + _bound.Growth(rate, ServiceRate(granted));
            bool tooLate = backlog >= Limit(slowest, peakRate, calls: 2);
            _target = tooLate ? _pStates.FastestAllowed : _pStates.SlowestAtLeast(NeededKHz(rate, effective - setpoint) * _options.StepHeadroom);
            LastReason = tooLate ? DecisionReason.Certificate : backlog > setpoint ? DecisionReason.Drain : DecisionReason.Rate;
        }
        else if (idle || _sinceChange >= _holdTicks)
        {
            int wanted = _pStates.SlowestAtLeast(held * _options.StepHeadroom);
            Fall(wanted, backlog, peakRate);
            LastReason = idle ? DecisionReason.Idle : held > needed ? DecisionReason.Hold : DecisionReason.Rate;
            LastReason = wanted > _target ? DecisionReason.Certificate : LastReason;
        }

        _sinceChange = _target == before ? _sinceChange + sample.ElapsedTicks : 0;
        return new ScalingDecision(_target, EscalateAt(_target == before ? limit : Limit(_target, peakRate, calls: 1)));
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

    private double NeededKHz(double rate, double excess) =>
        ((rate * _options.RateMargin) + (Math.Max(0, excess) / _drainTicks)) * _estimator.CyclesPerPacket * _tscKHz;

    private int EscalateAt(double limit) =>
        _target == _pStates.FastestAllowed ? ScalingDecision.Never : (int)Math.Clamp(Math.Ceiling(limit), 1, ScalingDecision.Never - 1);

    private double Limit(int pState, double peakRate, int calls) => _bound.Limit(peakRate, ServiceRate(pState), calls, _requests.Changes + calls);

    private double ServiceRate(int pState) => _pStates[pState] / _tscKHz / _estimator.CyclesPerPacket;

    private double PeakRate() => _peakRate > 0
        ? _peakRate
        : Math.Max(_estimator.PeakRate * UnknownPeakFactor, ServiceRate(_pStates.FastestAllowed));
}
