using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>
/// What keeps ring and delay bound whatever the actuator does within its latency: whether it is safe to hold what was asked for, or to ask for a P-state.
/// docs/governors.md proves the rule. Most answers follow from the slowest rate that may be in effect and the age of the oldest packet, by a comparison
/// with limits that stand until a request or the costs change; only where those do not do, ages and requests are gone through one by one.
/// </summary>
internal sealed class BoundsGuard
{
    // The comparison rounds otherwise than the long way does.
    private const double Rounding = 1 - 1e-9;
    private readonly ServiceRates _service;
    private readonly PendingRequests _requests;
    private readonly ArrivalHistory _history;
    private readonly int _fastest, _slowest;
    private readonly double _peak;
    private readonly double _ring;
    private readonly double _promised;
    private bool _spares;
    private WorstCase _worst;
    private double _now, _backlog, _served;
    private (int Service, int Requests) _known = (-1, -1);
    private Limits _hold;
    private double _near, _far, _atOnce, _top;
    private double _rate = double.NaN;

    /// <param name="service">What P-states serve.</param>
    /// <param name="requests">What may be in effect.</param>
    /// <param name="history">What arrived when.</param>
    /// <param name="pStates">The table.</param>
    /// <param name="worst">What is to be reckoned with; ticks.</param>
    /// <param name="peak">The line, packets per tick.</param>
    /// <param name="ring">Packets that the ring may hold.</param>
    /// <param name="promised">The longest time that a packet may wait, ticks.</param>
    public BoundsGuard(ServiceRates service, PendingRequests requests, ArrivalHistory history, PStateTable pStates, WorstCase worst, double peak, double ring, double promised)
    {
        (_service, _requests, _history, _worst) = (service, requests, history, worst);
        (_fastest, _slowest) = (pStates.FastestAllowed, pStates.SlowestAllowed);
        (_peak, _ring, _promised) = (peak, ring, promised);
    }

    /// <summary>Takes in what requests and calls take, and whether a bound that is not promised is spared.</summary>
    public void Plan(double latency, double call, bool spares)
    {
        if (_worst.Latency != latency || _worst.Call != call || _spares != spares)
        {
            _spares = spares;
            _worst = _worst with { Latency = latency, Call = call };
            _known = (-1, -1);
        }
    }

    /// <summary>Takes in the state of things that the questions below are about.</summary>
    public void Look(double now, double backlog, double served)
    {
        // Margins shrink by what may be served in the time that passed, and grow by what was; what has come in it begins with one of its own, and may have come at once.
        double done = served - _served, passed = now - _now;
        _near += done - (_top * passed);
        _far = Math.Min(_far + done, _atOnce - backlog) - (_hold.Fastest * passed);
        (_now, _backlog, _served) = (now, backlog, served);
        _rate = double.NaN;
    }

    /// <summary>To make no request is safe.</summary>
    public bool HoldIsSafe()
    {
        (int, int) state = (_service.Version, _requests.Version);
        if (_known != state)
        {
            _known = state;
            Judge();
            _hold = LimitsOf(_service.Safe(_requests.Slowest()), asks: false);
            _near = double.NegativeInfinity;
        }

        return (_backlog <= _hold.Backlog && ((_near >= 0 && _far >= 0) || IsYoung(_hold) || Measure())) || !double.IsPositiveInfinity(Rate(asks: false));
    }

    /// <summary>
    /// For how long nothing need be served from now on, ticks, where nothing waits and the next decision is made right after: 0 or less for no time. Time that is lost at once is lost like that of calls.
    /// </summary>
    /// <param name="peak">The line, packets per tick; or what is taken for it.</param>
    public double Unserved(double peak)
    {
        // Where what may be in effect serves the line, nothing piles up, and no request is needed; of a line so slow that a burst of it takes longer than the bound, nothing is promised all the same.
        bool promised = HoldIsSafe() && IsPromised, serves = _peak <= _hold.Rate;
        if (_peak > 0 && !promised && !serves)
        {
            return 0;
        }

        // What is served until the horizon, though no faster than it comes, and what may wait then: so much may come until a horizon that is so much later.
        double served = Math.Min(_hold.Rate, peak) * (_hold.Horizon - _hold.Lost), room = _ring - _worst.Burst - (peak * _worst.Period);
        return (served / peak) + Math.Min(room / peak, _promised) - _hold.Horizon - (promised ? 0 : _worst.Burst / _hold.Rate);
    }

    /// <summary>To ask for a P-state is safe.</summary>
    public bool IsSafe(int pState)
    {
        Limits limits = LimitsOf(_service.Safe(Math.Max(pState, _requests.Slowest())), asks: true);
        return (_backlog <= limits.Backlog && IsYoung(limits)) || pState <= Slowest();
    }

    /// <summary>The slowest P-state that it is safe to ask for, else the fastest.</summary>
    public int Slowest()
    {
        _rate = double.IsNaN(_rate) ? Rate(asks: true) : _rate;
        return _service.SlowestSafelyServing(_rate);
    }

    private double Taken => _service.TakenWithin(_promised);

    /// <summary>Ring and delay bound both are promised: from the slowest P-state they hold what can pile up at the peak rate.</summary>
    public bool IsPromised { get; private set; } = true;

    /// <summary>The ring is kept: it is promised, or not spared.</summary>
    public bool KeepsRing { get; private set; } = true;

    /// <summary>The same of the delay bound.</summary>
    public bool KeepsBound { get; private set; } = true;

    private void Judge()
    {
        double piled = _worst.Backlog(_peak, _service.Possible(_slowest));
        bool ring = piled <= _ring, bound = piled <= _peak * _promised;
        (IsPromised, KeepsRing, KeepsBound) = (ring && bound, ring || !_spares, bound || !_spares);
    }

    private Limits LimitsOf(double slowest, bool asks)
    {
        int calls = asks ? WorstCase.Calls : 1, changes = _requests.Changes + (asks ? WorstCase.Changes : 1);
        double horizon = _worst.Horizon(slowest, calls, changes) + Taken, lost = _worst.Lost(calls, changes) + Taken, time = horizon - lost;
        double served = slowest * time * Rounding;
        double loss = KeepsRing ? (Math.Min(slowest, _peak) * time * Rounding) - Piled(horizon) : double.PositiveInfinity;
        double delay = KeepsBound ? served - Coming(horizon) : double.PositiveInfinity;
        return new Limits(time > 0 ? Math.Min(loss, delay) : double.NegativeInfinity, horizon, lost, slowest * Rounding, served, _service[_fastest]);
    }

    // The oldest packet has time enough for all that wait.
    private bool IsYoung(in Limits limits)
    {
        double left = _history.Oldest(_served) + _promised - _now;
        return _backlog <= 0 || !KeepsBound || (left >= limits.Horizon
            ? _backlog - (limits.Fastest * (left - limits.Horizon)) <= limits.Served
            : _backlog <= limits.Rate * (left - limits.Lost));
    }

    // By how many packets each that waits is in time.
    private bool Measure()
    {
        _requests.Plan(_now, _service, double.PositiveInfinity);
        double atHorizon = _requests.Served(_hold.Horizon - _hold.Lost);
        _top = _requests.Top;
        _atOnce = atHorizon + (_hold.Fastest * (_promised - _hold.Horizon));
        (_near, _far) = _history.Margins(_requests, _now, _served, _promised, _hold.Horizon, _hold.Lost, _hold.Fastest, atHorizon);
        return _near >= 0 && _far >= 0;
    }

    // The least rate of a request made now with which ring and delay bound are kept; without one, 0 or infinity.
    private double Rate(bool asks)
    {
        int slowest = _requests.Slowest();
        double rate = Rate(asks, _service.Safe(slowest));
        int asked = asks ? _service.SlowestSafelyServing(rate) : slowest;

        // A slower P-state takes longer for the burst after which the next decision is made.
        return asked > slowest ? Math.Max(rate, Rate(asks, _service.Safe(asked))) : rate;
    }

    private double Rate(bool asks, double slowest)
    {
        int calls = asks ? WorstCase.Calls : 1, changes = _requests.Changes + (asks ? WorstCase.Changes : 1);
        _requests.Plan(_now, _service, asks ? _worst.Call + _requests.Latency : double.PositiveInfinity);
        double horizon = _worst.Horizon(slowest, calls, changes) + Taken, lost = _worst.Lost(calls, changes) + Taken;
        double loss = KeepsRing ? _requests.RateToServe(_backlog + Piled(horizon), horizon - lost, _peak) : 0;
        double delay = !KeepsBound ? 0 : Math.Max(
            _requests.RateToServe(_backlog + Coming(horizon), horizon - lost),
            _history.RateToKeep(_requests, _now, _served, _promised, horizon, lost, _service[_fastest], _worst.Period, asks ? 0 : _worst.Period));
        return Math.Max(loss, delay);
    }

    // What comes until the fastest serves, less what the ring holds. Decisions take time too, so that the fastest may serve a little less than the line: up to a
    // period's packets are kept for that, as far as the ring has them. Where for certain loss is not ruled out from the slowest P-state, the floor is held from which it is, unless it is spared, and
    // not even the burst is counted that a poll has taken from the ring.
    private double Piled(double horizon)
    {
        double spare = _ring - _worst.Backlog(_peak, _service.Possible(_slowest));
        return (_peak * horizon) + (spare >= 0 ? _worst.Burst + Math.Min(_peak * _worst.Period, spare) : 0) - _ring;
    }

    // The same, less what may wait until then within the delay bound.
    private double Coming(double horizon) => (horizon <= _promised ? _service[_fastest] : _peak) * (horizon - _promised);

    /// <summary>Enough for safety: a backlog up to Backlog, and within what is served at Rate, or Served in all, until the oldest packet is due.</summary>
    private readonly record struct Limits(double Backlog, double Horizon, double Lost, double Rate, double Served, double Fastest);
}
