using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>
/// The least speed with which what has arrived meets its delay bound (optimal available), not below the rate that goes on arriving,
/// and never so low that the ring could overflow before a later request takes effect.
/// </summary>
/// <remarks>
/// The backlog and the ages of its packets are known; what they need is spread over all the time they have, which convex power
/// makes cheapest. Actuators that take requests up at the edges of a grid are recognised by when requests take effect; then one request
/// is made a slot, just before its edge, when most is known. The certificate: backlog, plus arrivals at the peak rate less service
/// until the edge, plus the same for the slot that follows, fit into the ring; so the next edge is early enough for full speed.
/// </remarks>
public sealed class OptimalAvailableGovernor : IExplainedGovernor, IDelayBoundGovernor
{
    private const double EdgeMarginPeriods = 0.5;
    private const int CalibrationStep = 4;
    private const double LeastLag = 0.03;
    private const double SafeShare = 0.95;

    // From one fall to the slower of a steady stream's two P-states to the next; each has a rise between, so a transition in 50 slots.
    private const double RestSlots = 100;

    // The same for the time in calls: a thousandth of the core's.
    private const double RestCalls = 2000;

    // The same for the time in stalls: a hundredth.
    private const double RestStalls = 200;

    // Calls made within so many times their own length of each other are too many, and so are stalls.
    private const double HasteCalls = 20, HasteStalls = 4;
    private const double HasteFactor = 1.25;

    // A line that is not much faster than the core is one that the bounds still serve best; and what the core serves at its fastest may be learned badly.
    private const double PeakTolerance = 1.25;
    private const double ContradictedBy = 1.05;
    private readonly PStateTable _pStates;
    private readonly OptimalAvailableOptions _options;
    private readonly ServiceCostEstimator _cost;
    private readonly ServiceRates _service;
    private readonly ActuatorObserver _actuator;
    private readonly PendingRequests _requests;
    private readonly ArrivalHistory _history;
    private readonly RateTracker _rate;
    private readonly ArrivalEnvelope _envelope;
    private readonly ActuatorCalibration _calibration;
    private readonly double _tscKHz;
    private readonly double _bound;
    private readonly double _promised;
    private readonly double _latency;
    private readonly double _stall;
    private readonly double _period;
    private readonly double _ring;
    private readonly int _burst;
    private readonly double _peak;
    private CallTime _call;
    private double _now;
    private ArrivalCount _arrivals;
    private double _decidedEdge = double.NegativeInfinity;
    private double _restedAt = double.NegativeInfinity;
    private bool _rising;
    private int _target;
    private int _asked;
    private double _askedUntil;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public OptimalAvailableGovernor(GovernorContext context, OptimalAvailableOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = options ?? new OptimalAvailableOptions();
        _options.Validate();
        _pStates = context.PStates;
        _tscKHz = context.TscKHz;
        _period = context.DecisionTicks;
        _burst = context.BurstSize;
        _bound = context.Ticks(_options.DelayBound) * _options.BoundShare;
        _promised = context.Ticks(_options.DelayBound) * DelayCertificate.PlannedShare;
        _latency = context.LatencyTicks(_options.ActuatorLatency);
        _stall = Math.Min(context.Ticks(context.Stall), _latency);
        _requests = new PendingRequests(_pStates, _latency);
        _call = new CallTime(context.Ticks(_options.CallTime));
        _ring = _options.HighWater * context.RingSize;
        _arrivals = new ArrivalCount(_ring);
        _peak = context.PeakRate(_options.PeakPacketsPerSecond);
        double middle = _tscKHz / _pStates[_pStates.Count / 2];
        _cost = new ServiceCostEstimator(_burst, _options.CyclesPerPacket, middle, _tscKHz);
        _service = new ServiceRates(_cost, _pStates, _tscKHz);
        _actuator = new ActuatorObserver(_pStates, _tscKHz, _latency, new SlotPhase(_latency, 0.5 * _tscKHz, _tscKHz), _stall);
        _history = new ArrivalHistory(context.Ticks(_options.DelayBound));
        _rate = new RateTracker(context.Ticks(_options.RateTime));
        _envelope = new ArrivalEnvelope(_tscKHz);
        _calibration = new ActuatorCalibration(_latency);
        _target = _pStates.FastestAllowed;
    }

    /// <summary>Period of the actuator's grid, as learned, in ticks; 0 while none is known.</summary>
    public double SlotTicks => _actuator.Slots.Period;

    /// <inheritdoc/>
    public DecisionReason LastReason { get; private set; }

    /// <inheritdoc/>
    public double ArrivalsPerSecond => _rate.Rate * _tscKHz * 1000;

    /// <inheritdoc/>
    public double HighWater => _options.HighWater;

    /// <inheritdoc/>
    public double PeakPacketsPerSecond => _peak * 1000 * _tscKHz;

    /// <inheritdoc/>
    public TimeSpan ActuatorLatency => TimeSpan.FromMilliseconds(_latency / _tscKHz);

    /// <inheritdoc/>
    public TimeSpan DelayBound => _options.DelayBound;

    /// <inheritdoc/>
    public ActuatorSurprise Surprise => _actuator.Surprise;

    /// <inheritdoc/>
    public string? Contradiction => _cost.Surprised ? "packets were seen to cost more than was counted with, or the core was taken away for a while"
        : _peak > _cost.LeastSeenRate(_service.TicksPerCycle(_pStates.FastestAllowed)) * ContradictedBy ? "packets were seen to cost so much that the fastest P-state serves less than the peak rate"
        : null;

    /// <summary>Packets per second that a P-state serves, as learned.</summary>
    public double ServiceRate(int pState) => _service[pState] * _tscKHz * 1000;

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        _now += sample.ElapsedTicks;
        _actuator.Observe(sample, _now, _cost);
        _requests.Latency = Math.Max(_latency, _actuator.LongestDelay); // one that is slower than stated is not planned with as stated
        int slowest = Math.Max(SlowestAsked(), _requests.Slowest()), changes = _requests.Changes;
        _requests.Observe(sample, _now);
        _cost.Watch(sample, _service.TicksPerCycle(Math.Max(slowest, _requests.Slowest())), Math.Max(changes, _requests.Changes) * _stall);
        _call.Observe(sample.CallTicks);
        _arrivals.Observe(sample);
        if (sample.ClockLeapt)
        {
            _actuator.Slots.Forget();
        }

        double backlog = _arrivals.Backlog;
        _rate.Observe(_arrivals.Latest, sample.ElapsedTicks);
        _history.Add(_now, _arrivals.Arrived);
        _envelope.Observe(_now, _arrivals.Timed);
        bool slotted = _actuator.Slots.Period > 0;
        if (!slotted)
        {
            return Free(backlog);
        }

        // One decision a slot, as late as a decision and its call still reach the edge at which requests are sampled; where a call outlasts slots, one
        // for all of those.
        double margin = _call.Ticks + (EdgeMarginPeriods * _period), lead = Math.Max(margin, _actuator.Slots.Lead);
        double edge = _actuator.Slots.EdgeFrom(_now + lead);
        double window = margin + _period + (_burst / _service[_actuator.Effective]);
        if (edge - _now > window + lead || edge - _decidedEdge < _actuator.Slots.Period / 2)
        {
            return Hold(backlog);
        }

        _decidedEdge = edge;
        double slot = _actuator.Slots.Period * Math.Ceiling((_call.Ticks + _period) / _actuator.Slots.Period);
        double certified = PeakIsCertain ? Guard(backlog, asks: true) : LearnedAtEdge(backlog, edge - _now, slot, _service.Safe(_actuator.Effective));
        _target = Choose(backlog, edge - _now, _service[_actuator.Effective], certified, slot);
        return new ScalingDecision(_target);
    }

    // Where requests are posted, one may be in effect before its grant is seen, be it replaced already.
    private int SlowestAsked()
    {
        if (_target >= _asked || _now >= _askedUntil)
        {
            _asked = _target;
            _askedUntil = _now + _call.Ticks + _requests.Latency;
        }

        return _asked;
    }

    // Without a known grid a request may take effect at once or after the whole latency.
    private ScalingDecision Free(double backlog)
    {
        double slowest = Math.Min(_service[_actuator.Effective], _service[_actuator.Pending]);
        double certified = PeakIsCertain ? Guard(backlog, asks: true) : Learned(backlog, Math.Min(_service.Safe(_actuator.Effective), _service.Safe(_actuator.Pending)));
        int wanted = Choose(backlog, _call.Ticks + _latency, slowest, certified, _latency + _period);
        bool mayChange = _actuator.Settled && _now - _actuator.RequestedAt >= _latency;
        if (mayChange)
        {
            int step = Math.Min(_pStates.FastestAllowed + CalibrationStep, _pStates.SlowestAllowed);
            bool calibrates = _calibration.Active(_now) && wanted >= step;
            _target = calibrates ? _calibration.Toggle(_now, _pStates.FastestAllowed, step) : wanted;
            LastReason = calibrates ? DecisionReason.Calibration : LastReason;
        }
        else if (wanted == _pStates.FastestAllowed)
        {
            _target = wanted; // an escalation does not wait for its slot
        }

        return mayChange ? new ScalingDecision(_target) : Hold(backlog);
    }

    // Between edges: what was asked for stays, unless the worst that the actuator may do would break a bound. What was not granted is asked for anew.
    private ScalingDecision Hold(double backlog)
    {
        if (_target != _pStates.FastestAllowed && PeakIsCertain)
        {
            bool asks = _target != _actuator.Pending;
            double rate = Guard(backlog, asks);
            if (asks ? _service.SlowestSafelyServing(rate) < _target : double.IsPositiveInfinity(rate))
            {
                _target = _pStates.FastestAllowed;
                LastReason = DecisionReason.Certificate;
            }
        }

        return new ScalingDecision(_target);
    }

    // The least rate of a request made now with which ring and delay bound are kept whatever the actuator does within its latency; without one,
    // 0 or infinity.
    private double Guard(double backlog, bool asks)
    {
        int slowest = _requests.Slowest();
        double rate = Guard(backlog, asks, _service.Safe(slowest));
        int asked = asks ? _service.SlowestSafelyServing(rate) : slowest;

        // A slower P-state takes longer for the burst after which the next decision is made.
        return asked > slowest ? Math.Max(rate, Guard(backlog, asks, _service.Safe(asked))) : rate;
    }

    private double Guard(double backlog, bool asks, double slowest)
    {
        WorstCase worst = new(_requests.Latency, _period, _call.Ticks, _stall, _burst);
        int calls = asks ? WorstCase.Calls : 1, changes = _requests.Changes + (asks ? WorstCase.Changes : 1);
        _requests.Plan(_now, _service, asks ? _call.Ticks + _requests.Latency : double.PositiveInfinity);
        double horizon = worst.Horizon(slowest, calls, changes), lost = worst.Lost(calls, changes);
        double fastest = _service[_pStates.FastestAllowed];
        horizon += _cost.Taken;
        lost += _cost.Taken;

        // Decisions take time too, so that the fastest may serve a little less than the line: a burst and a period's packets are kept for that.
        double loss = _requests.RateToServe(backlog + _burst + (_peak * (horizon + _period)) - _ring, horizon - lost, _peak);
        double coming = backlog + ((horizon <= _promised ? fastest : _peak) * (horizon - _promised));
        double delay = Math.Max(_requests.RateToServe(coming, horizon - lost), _history.RateToKeep(_requests, _now, _arrivals.Served, _promised, horizon, lost, fastest, _period));
        return Math.Max(loss, delay);
    }

    // Where no line rate is certain: what came of late may come again.
    private double Learned(double backlog, double slowest)
    {
        double expected = backlog + Math.Max(0, _envelope.Most(_latency) - (slowest * _latency));
        return _envelope.RateToSurvive(expected, _latency + _call.Ticks + _period, _service[_pStates.FastestAllowed], Usable);
    }

    // The same with edges known: one request for a whole slot.
    private double LearnedAtEdge(double backlog, double wait, double slot, double serviceNow) =>
        _envelope.RateToSurvive(backlog + Math.Max(0, _envelope.Most(wait) - (serviceNow * wait)), slot, _service[_pStates.FastestAllowed], Usable);

    // While costs are still being learned, a line as fast as the core must not count as faster: without the line no loss is ruled out.
    private bool PeakIsCertain => _peak > 0 && _peak <= _service.Possible(_pStates.FastestAllowed) * PeakTolerance;

    // Nothing is served during a call, nor during the next one, before which no help comes.
    private double Usable => _ring - (2 * _burst) - (Math.Min(_peak > 0 ? _peak : double.MaxValue, _service[_pStates.FastestAllowed]) * ((2 * _call.Ticks) + _period));

    /// <summary>The P-state for a time that begins after <paramref name="wait"/>, a call included.</summary>
    private int Choose(double backlog, double wait, double serviceNow, double certified, double slot)
    {
        double rate = _rate.Rate;
        double likely = Math.Max(0, backlog + (rate * wait) - (serviceNow * (wait - _call.Ticks)));
        double available = Available(backlog, wait + _stall, wait - _call.Ticks, serviceNow);
        int above = _service.SlowestServing(rate), below = Math.Min(above + 1, _pStates.SlowestAllowed);

        // A steady stream may lag: between the two P-states next to its rate the backlog swings, the slower the wider it may; but short of
        // where deadlines or the certificate would ask for more than the rate.
        double peak = PeakIsCertain ? _peak : _service[_pStates.FastestAllowed];
        double due = (_bound * _options.LagShare) - (wait + _stall + _period);
        double safe = SafeShare * (Usable - ((peak - _service.Safe(below)) * (slot + wait)));
        double lag = Math.Max(0, Math.Min(rate * (due - _cost.Taken) / _cost.Spread, safe));
        bool drained = likely <= lag * LeastLag && _now - _restedAt >= Math.Max(RestSlots * slot, Math.Max(RestCalls * _call.Ticks, RestStalls * _stall));
        bool rises = likely > lag || (_rising && !drained);
        _restedAt = _rising && !rises ? _now : _restedAt;
        _rising = rises;
        int steady = _rising ? above : below;

        // What the certificate relies on is known for certain.
        int certain = _service.SlowestSafelyServing(certified);
        int urgent = Math.Min(_service.SlowestServing(available), certain);
        LastReason = urgent >= steady
            ? rate * _bound < 1 ? DecisionReason.Idle : _rising ? DecisionReason.Lag : DecisionReason.Rate
            : certified >= available ? DecisionReason.Certificate : DecisionReason.Deadline;
        return Economical(Math.Min(steady, urgent), steady, certain, available, Available(backlog, wait - _call.Ticks, wait - _call.Ticks, serviceNow));
    }

    // Calls take time from packets. None is made because of itself; and of two in haste the second goes further.
    private int Economical(int wanted, int steady, int certain, double available, double availableWithoutCall)
    {
        bool inHaste = _now - _actuator.RequestedAt < Math.Max(HasteCalls * _call.Ticks, HasteStalls * _stall);
        if (wanted > _target)
        {
            return inHaste ? _target : wanted;
        }

        if (wanted < _target && Math.Min(steady, certain) >= _target && _service.SlowestServing(availableWithoutCall) >= _target)
        {
            return _target;
        }

        return wanted < _target && inHaste ? Math.Min(wanted, _service.SlowestServing(available * HasteFactor)) : wanted;
    }

    private double Available(double backlog, double wait, double work, double serviceNow)
    {
        double served = _arrivals.Served + Math.Min(serviceNow * Math.Max(0, work), backlog + (_rate.Rate * wait));
        return _cost.Spread * _history.SpeedToMeet(_now + wait + _cost.Taken, served, _bound, _period);
    }
}
