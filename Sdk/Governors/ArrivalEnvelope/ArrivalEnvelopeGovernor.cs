using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>
/// The slowest P-state with which the most that arrived of late within any time would be survived once more, and which serves the
/// rate that goes on arriving. It needs no line rate: what is to be expected at worst is learned, so nothing is certain.
/// </summary>
/// <remarks>
/// <para>Model predictive control over a learned arrival envelope E (the arrival curves of network calculus: Cruz, "A calculus for
/// network delay", IEEE Trans. Inf. Theory 37(1) 1991). With a backlog of Q packets, a horizon h, a latency L until a request takes
/// effect, a service rate mu of the P-state and mu_max of the fastest, it asks for the slowest P-state with
/// Q + E(h) - mu min(h, L) - mu_max max(0, h - L) up to min(ring, share of D times mu_max) for every h from 40 us to 2.56 ms; Q
/// counts what may come until the request takes effect.</para>
/// <para>Up at once, any number of P-states; down to the highest demand of the last hold time. It starts at the fastest, until the
/// cost of packets is known. A burst larger than any of the last second or so is a surprise: then packets may be late or lost.</para>
/// </remarks>
public sealed class ArrivalEnvelopeGovernor : IExplainedGovernor
{
    private const int SparedBursts = 2;
    private readonly PStateTable _pStates;
    private readonly ArrivalEnvelopeOptions _options;
    private readonly ServiceCostEstimator _cost;
    private readonly ServiceRates _service;
    private readonly ArrivalEnvelope _envelope;
    private readonly RateTracker _rate;
    private readonly PeakHold _hold;
    private readonly double _tscKHz, _latency, _period, _holdTicks, _drainTicks, _boundTicks;
    private readonly double _ring;
    private readonly int _burst;
    private ArrivalCount _arrivals;
    private double _now;
    private double _sinceChange;
    private int _target;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ArrivalEnvelopeGovernor(GovernorContext context, ArrivalEnvelopeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = options ?? new ArrivalEnvelopeOptions();
        _options.Validate();
        _pStates = context.PStates;
        _tscKHz = context.TscKHz;
        _period = context.DecisionTicks;
        _burst = context.BurstSize;
        _ring = context.RingSize;
        _arrivals = new ArrivalCount(_ring);
        _latency = context.LatencyTicks(_options.ActuatorLatency);
        _holdTicks = context.Ticks(_options.HoldTime);
        _drainTicks = context.Ticks(_options.DrainTime);
        _boundTicks = context.Ticks(_options.DelayBound) * _options.BoundShare;
        _cost = new ServiceCostEstimator(_burst, _options.CyclesPerPacket, _tscKHz / _pStates[_pStates.Count / 2], _tscKHz);
        _service = new ServiceRates(_cost, _pStates, _tscKHz);
        _envelope = new ArrivalEnvelope(_tscKHz);
        _rate = new RateTracker(context.Ticks(_options.RateTime));
        _hold = new PeakHold(_holdTicks);
        _target = _pStates.FastestAllowed;
    }

    /// <inheritdoc/>
    public DecisionReason LastReason { get; private set; }

    /// <inheritdoc/>
    public double ArrivalsPerSecond => _rate.Rate * _tscKHz * 1000;

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        int granted = Math.Clamp(sample.PState, 0, _pStates.Count - 1);
        if (sample.Settled)
        {
            _cost.Observe(sample, _service.TicksPerCycle(granted));
        }

        _now += sample.ElapsedTicks;
        _arrivals.Observe(sample);
        _rate.Observe(_arrivals.Latest, sample.ElapsedTicks);
        _envelope.Observe(_now, _arrivals.Timed);
        double backlog = _arrivals.Backlog;
        int before = _target;
        double survives = RateToSurvive(backlog, granted);
        double serves = (_rate.Rate * _options.RateMargin) + (Math.Max(0, backlog - _burst) / _drainTicks);
        double needed = Math.Max(survives, serves);
        double held = _hold.Add(sample.ElapsedTicks, needed);
        int wanted = _cost.Trusted ? _service.SlowestServing(needed) : _pStates.FastestAllowed;
        if (wanted < _target)
        {
            _target = wanted;
            LastReason = survives >= serves ? DecisionReason.Certificate : backlog > _burst ? DecisionReason.Drain : DecisionReason.Rate;
        }
        else if (wanted > _target && _sinceChange >= _holdTicks)
        {
            _target = Math.Max(_target, _service.SlowestServing(held));
            LastReason = _target < wanted ? DecisionReason.Hold : serves < 1 / _holdTicks ? DecisionReason.Idle : DecisionReason.Rate;
        }

        _sinceChange = _target == before ? _sinceChange + sample.ElapsedTicks : 0;
        return new ScalingDecision(_target);
    }

    private double RateToSurvive(double backlog, int granted)
    {
        double fastest = _service[_pStates.FastestAllowed];
        double usable = Math.Min((_ring * _options.HighWater) - (SparedBursts * _burst), _boundTicks * fastest);
        double inForce = Math.Min(_service[granted], _service[_target]);
        double expected = backlog + Math.Max(0, _envelope.Most(_latency) - (inForce * _latency));
        return _envelope.RateToSurvive(expected, _latency + _period, fastest, usable);
    }
}
