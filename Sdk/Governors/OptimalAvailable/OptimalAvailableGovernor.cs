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
public sealed partial class OptimalAvailableGovernor : IExplainedGovernor, IDelayBoundGovernor, IWaitingGovernor
{
    private const double EdgeMarginPeriods = 0.5;
    private const double QuietPeriods = 1;

    // Without a grid: of the way to where a steady stream's P-state changes; and periods in which chance brings packets.
    private const double CalmShare = 0.75, ChancePeriods = 4, HurriedPeriods = 3;

    // A sample of so many periods may hold something else than polls and packets, and is looked at by itself.
    private const ulong LongSample = 3;
    private const int CalibrationStep = 4;

    // The rate of the moment is that of so many periods; above the steady one by so much it is a burst. Of the delay bound, what is only expected gets a part: it may
    // be more. Of 0.4 to 1 this took the least energy on twelve workloads with bounds of 100 us to 1 ms.
    private const double RecentPeriods = 6, BurstFactor = 1.15, ForecastShare = 0.6;
    private const double SafeShare = 0.95;

    // Calls made within so many times their own length of each other are too many, and so are stalls.
    private const double HasteCalls = 20, HasteStalls = 4;
    private const double HasteFactor = 1.25;

    private const double ContradictedBy = 1.05, UncertainCosts = 2;
    private readonly PStateTable _pStates;
    private readonly OptimalAvailableOptions _options;
    private readonly ServiceCostEstimator _cost;
    private readonly ServiceRates _service;
    private readonly ActuatorObserver _actuator;
    private readonly PendingRequests _requests;
    private readonly ArrivalHistory _history;
    private readonly RateTracker _rate;
    private readonly ArrivalForecast _forecast;
    private readonly ArrivalEnvelope _envelope;
    private readonly PeakCertainty _line;
    private readonly BoundsGuard _guard;
    private readonly ActuatorCalibration _calibration;
    private readonly SteadySwing _swing;
    private readonly double _tscKHz;
    private readonly double _bound;
    private readonly double _promised;
    private readonly double _latency, _stall, _period;
    private readonly double _ring, _peak;
    private readonly int _burst;
    private CallTime _call;
    private double _now;
    private ArrivalCount _arrivals;
    private double _decidedEdge = double.NegativeInfinity;
    private readonly ulong _longSample;
    private QuietSpell _spell = QuietSpell.None;
    private double _leastBacklog, _mostBacklog, _recent, _calm;
    private QuietBatch _quiet;
    private int _target;
    private AskedOfLate _asked;

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
        _longSample = LongSample * context.DecisionTicks;
        _burst = context.BurstSize;
        _latency = context.LatencyTicks(_options.ActuatorLatency);
        _stall = Math.Min(context.Ticks(context.Stall), _latency);
        _requests = new PendingRequests(_pStates, _latency);
        _call = new CallTime(context.CallTicks(_options.CallTime));
        _ring = _options.HighWater * context.RingSize;
        _arrivals = new ArrivalCount(_ring);
        _peak = context.PeakRate(_options.PeakPacketsPerSecond);
        WorstCase worst = new(_latency, _period, _call.Ticks, _stall, _burst);
        DelayBound = _options.DelayBound ?? (Knee = DelayKnee.For(_pStates, _options.CyclesPerPacket, worst.Scaled(1 / _tscKHz), _peak * _tscKHz, _ring)).Value.Bound;
        double bound = context.Ticks(DelayBound);
        _bound = bound * _options.BoundShare;
        _promised = bound * DelayCertificate.PlannedShare;
        double middle = _tscKHz / _pStates[_pStates.Count / 2];
        _cost = new ServiceCostEstimator(_burst, _options.CyclesPerPacket, middle, _tscKHz);
        OptionCheck.Require(_options.Watts is null || _options.Watts.Count == _pStates.Count, nameof(OptimalAvailableOptions), nameof(_options.Watts), $"of {_options.Watts?.Count} values", $"of {_pStates.Count}, one for each P-state");
        _service = new ServiceRates(_cost, _pStates, _tscKHz, _options.Watts);
        _actuator = new ActuatorObserver(_pStates, _tscKHz, _latency, new SlotPhase(_latency, 0.5 * _tscKHz, _tscKHz), _stall);
        _history = new ArrivalHistory(bound);
        _rate = new RateTracker(context.Ticks(_options.RateTime));
        _envelope = new ArrivalEnvelope(_tscKHz);
        _forecast = new ArrivalForecast(bound);
        _calibration = new ActuatorCalibration(_latency);
        _swing = new SteadySwing(_stall);
        _line = new PeakCertainty(_peak, _service, _pStates.FastestAllowed);
        _guard = new BoundsGuard(_service, _requests, _history, _pStates, worst, _peak, _ring, _promised);
        _wait = new WaitRule(_options, context);
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

    /// <summary>D, the longest time a packet may wait: as it was told, else where a shorter one begins to cost much energy and a longer one saves little.</summary>
    public TimeSpan DelayBound { get; }

    /// <summary>What was chosen where no bound was told; null where one was.</summary>
    internal DelayKnee? Knee { get; }

    /// <inheritdoc/>
    public ActuatorSurprise Surprise => _actuator.Surprise;

    /// <inheritdoc/>
    public string? Contradiction => _wait.Surprised ? "a wait ended later than was reckoned with"
        : _cost.Surprised ? "packets were seen to cost more than was counted with, or the core was taken away for a while"
        : _peak > _cost.LeastSeenRate(_service.TicksPerCycle(_pStates.FastestAllowed)) * ContradictedBy ? "packets were seen to cost so much that the fastest P-state serves less than the peak rate"
        : null;

    /// <summary>Packets per second that a P-state serves, as learned.</summary>
    public double ServiceRate(int pState) => _service[pState] * _tscKHz * 1000;

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        _now += (long)sample.ElapsedTicks;
        _arrivals.Observe(sample);
        _history.Add(_now, _arrivals.Arrived);
        bool quiet = _spell.Holds(_now, _arrivals.Known, _arrivals.Backlog) && sample.PState == _target && sample.CallTicks == 0 && sample.IdleTicks == 0 && sample.ElapsedTicks <= _longSample && !sample.ClockLeapt;
        bool topped = !quiet && _spell.IsTopped(_now, _arrivals.Known, _arrivals.Backlog);
        if (!quiet)
        {
            Follow(sample);
        }
        else if (_quiet.Add(sample))
        {
            Learn();
        }

        _guard.Look(_now, _arrivals.Backlog, _arrivals.Served);
        bool grid = _actuator.Slots.Period > 0, stands = !grid && quiet && StandsSafely();
        if (_line.MayFail || !_guard.IsPromised)
        {
            _envelope.Observe(_now, _arrivals.Timed, stands);
        }

        ScalingDecision decision = stands ? new ScalingDecision(_target) : !grid ? Free(_arrivals.Backlog, topped) : quiet ? Hold() : AtEdge(_arrivals.Backlog);
        _waitTicks = _wait.IsOn ? Wait() : 0;
        return decision;
    }

    // Else a decision of its own finds what is fast enough.
    private bool StandsSafely()
    {
        if (_target == _pStates.FastestAllowed || !_line.IsCertain || _guard.HoldIsSafe())
        {
            return true;
        }

        Learn();
        return false;
    }

    // A sample in which, or soon after which, something may happen.
    private void Follow(in QueueSample sample)
    {
        double elapsed = (long)sample.ElapsedTicks;
        Learn(sample.Received, _arrivals.Latest, elapsed);
        _spell = QuietSpell.None;
        _actuator.Observe(sample, _now, _cost);
        _rate.Gather(_arrivals.Latest, elapsed);
        _requests.Latency = Math.Max(_latency, _actuator.LongestDelay); // one that is slower than stated is not planned with as stated
        int slowest = Math.Max(_asked.Slowest(_target, _now, _call.Ticks + _requests.Latency), _requests.Slowest()), changes = _requests.Changes;
        _requests.Observe(sample, _now);
        slowest = Math.Max(slowest, _requests.Slowest());
        Watch(sample, slowest, Math.Max(changes, _requests.Changes) * _stall);
        _call.Observe(sample.CallTicks);
        _guard.Plan(_requests.Latency, _call.Ticks, _envelope.IsTame);
        if (sample.ClockLeapt)
        {
            _actuator.Slots.Forget();
        }

        Begin();
    }

    // Quiet samples are learned from together; the last one may not be among them.
    private void Learn(double received = 0, double arrived = 0, double elapsed = 0)
    {
        if (_quiet.IsEmpty)
        {
            return;
        }

        (CostBatch costs, QueueSample sample, double came) = _quiet.Until(_now - elapsed, _arrivals.Served - received, _arrivals.Known - arrived);
        _actuator.Gather(costs, _cost);
        Watch(sample, Math.Max(_asked.Slowest(_target, _now, _call.Ticks + _requests.Latency), _requests.Slowest()), 0);
        _rate.Flush();
        _rate.Observe(came, costs.Ticks);
        Begin();
    }

    private void Begin()
    {
        _quiet.Begin(_now, _arrivals.Served, _arrivals.Known);
        _line.Judge();
        _wait.Plan(_service, _pStates, _options.Watts);
    }

    // One decision a slot, as late as a decision and its call still reach the edge at which requests are sampled.
    private ScalingDecision AtEdge(double backlog)
    {
        double period = _actuator.Slots.Period, margin = _call.Ticks + (EdgeMarginPeriods * _period), lead = Math.Max(margin, _actuator.Slots.Lead);
        double edge = _actuator.Slots.EdgeFrom(_now + lead);
        double serviceNow = _service[_actuator.Effective], window = margin + _period + (_burst / serviceNow);
        bool decided = edge - _decidedEdge < period / 2;
        if (edge - _now > window + lead || decided)
        {
            // Where no request awaits its effect, nothing of this need be worked out again until a little before the next window.
            bool settled = _actuator.IsCertain(_now) && _requests.Changes == 0;
            _spell = settled ? QuietSpell.Until(edge + (decided ? period : 0) - window - lead - (QuietPeriods * _period)) : QuietSpell.None;
            return Hold();
        }

        _decidedEdge = edge;
        Learn();
        _rate.Flush();
        _target = Choose(backlog, edge - _now, serviceNow, Learned(backlog, edge - _now, _service.Safe(_actuator.Effective), period), period);
        return new ScalingDecision(_target);
    }

    // Without a known grid a request may take effect at once or after the whole latency.
    private ScalingDecision Free(double backlog, bool topped)
    {
        double slowest = Math.Min(_service[_actuator.Effective], _service[_actuator.Pending]);
        double learned = Learned(backlog, _latency, Math.Min(_service.Safe(_actuator.Effective), _service.Safe(_actuator.Pending)), _latency + _call.Ticks + _period);
        int wanted = Choose(backlog, _call.Ticks + _latency, slowest, learned, _latency + _period);
        wanted = topped ? Math.Min(wanted, _target) : wanted; // more is no reason to be slower
        bool mayChange = _actuator.Settled && _now - _actuator.RequestedAt >= _latency;
        if (mayChange)
        {
            int step = Math.Min(_pStates.FastestAllowed + CalibrationStep, _pStates.SlowestAllowed);

            // While costs are uncertain, the certificate may hold one P-state, and they stay so: it goes to and fro between those that are safe.
            bool known = _service.Possible(_pStates.SlowestAllowed) < UncertainCosts * _service[_pStates.SlowestAllowed];
            int slow = wanted < step && !known && _rate.Rate * _bound >= 1 ? Math.Min(step, _line.IsCertain ? _guard.Slowest() : _service.SlowestSafelyServing(learned)) : step;
            bool calibrates = _calibration.Active(_now) && (wanted >= step || (slow != step && slow > _pStates.FastestAllowed));
            _target = calibrates ? _calibration.Toggle(_now, _pStates.FastestAllowed, slow, tells: slow == step) : wanted;
            LastReason = calibrates ? DecisionReason.Calibration : LastReason;
            bool settled = wanted == _actuator.Pending && !calibrates && _actuator.IsCertain(_now) && _requests.Changes == 0;
            _spell = settled ? QuietSpell.Within(_now, _now + ((_calm - EdgeMarginPeriods) * _period), _arrivals.Known, _recent, ChancePeriods * _period, _leastBacklog, _mostBacklog) : QuietSpell.None;
        }
        else if (wanted == _pStates.FastestAllowed)
        {
            _target = wanted; // an escalation does not wait for its slot
        }

        return mayChange ? new ScalingDecision(_target) : Hold();
    }

    // Between edges: what was asked for stays, unless the worst that the actuator may do would break a bound. What was not granted is asked for anew.
    private ScalingDecision Hold()
    {
        if (_target != _pStates.FastestAllowed && _line.IsCertain && !(_target != _actuator.Pending ? _guard.IsSafe(_target) : _guard.HoldIsSafe()))
        {
            _target = _pStates.FastestAllowed;
            LastReason = DecisionReason.Certificate;
        }

        return new ScalingDecision(_target);
    }

    // Where nothing is promised: what came of late may come again.
    private double Learned(double backlog, double wait, double serviceNow, double slot)
    {
        double ring = _line.IsCertain && _guard.KeepsRing ? 0 : _envelope.RateToServe(backlog, wait, serviceNow, slot, _service[_pStates.FastestAllowed], Usable, 0, _line.IsCertain ? _peak : double.PositiveInfinity);
        double delay = !_line.IsCertain || _guard.KeepsBound ? 0 : _envelope.RateToServe(backlog, wait, serviceNow, slot, _service[_pStates.FastestAllowed], 0, _bound, _peak);
        return Math.Max(ring, delay);
    }

    // Nothing is served during a call, nor during the next one, before which no help comes.
    private double Usable => _ring - (2 * _burst) - (Math.Min(_peak > 0 ? _peak : double.MaxValue, _service[_pStates.FastestAllowed]) * ((2 * _call.Ticks) + _period));

    /// <summary>The P-state for a time that begins after <paramref name="wait"/>, a call included.</summary>
    private int Choose(double backlog, double wait, double serviceNow, double learned, double slot)
    {
        double rate = _rate.Rate;
        double likely = Math.Max(0, backlog + (rate * wait) - (serviceNow * (wait - _call.Ticks)));
        double available = Available(backlog, wait + _stall, wait - _call.Ticks, serviceNow);
        int above = _service.SlowestServing(rate), below = _service.Slower(above);

        // A steady stream may lag: between the two P-states next to its rate the backlog swings, the slower the wider it may; but short of
        // where deadlines or the certificate would ask for more than the rate.
        double peak = _line.IsCertain ? _peak : _service[_pStates.FastestAllowed];
        double ahead = (_bound * _options.LagShare) - (wait + _stall + _period);
        double safe = SafeShare * (Usable - ((peak - _service.Safe(below)) * (slot + wait)));
        double lag = Math.Max(0, Math.Min(rate * (ahead - Taken) / _cost.Spread, safe));
        _swing.Look(_now, likely, lag, _service[above], _service[below], rate, slot, _call.Ticks);
        int steady = _swing.Rising ? above : below, due = _service.SlowestServing(Math.Max(available, Expected(likely)));
        int slower = _service.Slower(due), wanted = Math.Min(steady, due < below && CanWait(due, slower, backlog, wait, slot, serviceNow) ? slower : due);

        // What the certificate relies on is known for certain.
        int certain = !_line.IsCertain || _guard.IsSafe(Math.Max(wanted, _target)) ? _pStates.SlowestAllowed : wanted < _target ? _guard.Slowest() : Math.Max(_guard.Slowest(), Held());
        certain = learned > 0 ? Math.Min(certain, _service.SlowestSafelyServing(learned)) : certain;
        _leastBacklog = _swing.Rising ? backlog - (CalmShare * (likely - _swing.FallsAt)) : 0;
        _calm = due < steady || certain < wanted ? HurriedPeriods : QuietBatch.Most;
        _mostBacklog = _swing.Rising || due < steady ? backlog + _burst : Math.Max(_burst, backlog + (CalmShare * (lag - likely)));
        LastReason = certain < wanted ? DecisionReason.Certificate
            : due < steady ? DecisionReason.Deadline
            : rate * _bound < 1 ? DecisionReason.Idle : _swing.Rising ? DecisionReason.Lag : DecisionReason.Rate;
        certain = Math.Min(certain, Rest);
        return Economical(Math.Min(wanted, certain), Math.Min(steady, certain), wait, available, backlog, serviceNow);
    }

    // To ask takes a call, and to hold what was asked for takes none: that may be safe where no request is. On a grid it would have to be for a whole slot.
    private int Held() => _target == _actuator.Pending && _actuator.Slots.Period <= 0 && _guard.HoldIsSafe() ? _target : _pStates.FastestAllowed;

    // Where P-states are far apart, the slower one serves as long as the faster one, a slot later, is still in time: of work that is put off a slower P-state may do more, and no
    // mix of the two takes less energy than another.
    private bool CanWait(int due, int slower, double backlog, double wait, double slot, double serviceNow)
    {
        if (_service[due] <= (1 + SteadySwing.FineStep) * _service[slower])
        {
            return false;
        }

        double served = _arrivals.Served + Math.Min((serviceNow * Math.Max(0, wait - _call.Ticks)) + (_service[slower] * slot), backlog + (_rate.Rate * (wait + slot)));
        return _cost.Spread * _history.SpeedToMeet(_now + wait + slot + _stall + Taken, served, _bound, _period) <= _service[due];
    }

    // In a burst, what is to be expected of it counts too; else the steady stream's rule does.
    private double Expected(double likely)
    {
        double recent = _history.Since(_now - (RecentPeriods * _period), out double ticks), rate = _recent = ticks > 0 ? recent / ticks : 0;
        _forecast.Observe(_now, _arrivals.Known, rate);
        return rate > _rate.Rate * BurstFactor ? _forecast.SpeedToMeet(likely, rate, _bound * ForecastShare) : 0;
    }

    // Calls take time from packets. None is made because of itself; and of two in haste the second goes further.
    private int Economical(int wanted, int least, double wait, double available, double backlog, double serviceNow)
    {
        bool inHaste = _now - _actuator.RequestedAt < Math.Max(HasteCalls * _call.Ticks, HasteStalls * _stall);
        if (wanted > _target)
        {
            return inHaste ? _target : wanted;
        }

        if (wanted < _target && least >= _target && _service.SlowestServing(Available(backlog, wait - _call.Ticks, wait - _call.Ticks, serviceNow)) >= _target)
        {
            return _target;
        }

        return wanted < _target && inHaste ? Math.Min(wanted, _service.SlowestServing(available * HasteFactor)) : wanted;
    }

    private double Taken => _cost.TakenWithin(_bound);

    private double Available(double backlog, double wait, double work, double serviceNow)
    {
        double served = _arrivals.Served + Math.Min(serviceNow * Math.Max(0, work), backlog + (_rate.Rate * wait));
        return _cost.Spread * _history.SpeedToMeet(_now + wait + Taken, served, _bound, _period);
    }
}
