using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>
/// Finds out at which P-state the core really runs: a granted request takes effect later, and how much later shows in how long polls
/// and packets take.
/// </summary>
internal sealed class ActuatorObserver
{
    private const double LeastContrast = 0.015;
    private const double GiveUpFactor = 2;
    private const double EdgeTolerance = 0.05;
    private const int MostMissed = 2;
    private readonly PStateTable _pStates;
    private readonly double _tscKHz;
    private readonly double _worstLatency;
    private double _doubtfulUntil;
    private double _lastShare = 1;
    private double _callTicks;
    private int _missed;

    /// <param name="pStates">The table.</param>
    /// <param name="tscKHz">TSC frequency.</param>
    /// <param name="worstLatency">Longest time from a request to its effect, in ticks, as the host states it.</param>
    /// <param name="slots">Told of effects.</param>
    public ActuatorObserver(PStateTable pStates, double tscKHz, double worstLatency, SlotPhase slots)
    {
        _pStates = pStates;
        _tscKHz = tscKHz;
        _worstLatency = worstLatency;
        Slots = slots;
        Effective = Pending = -1;
    }

    /// <summary>Where effects fall.</summary>
    public SlotPhase Slots { get; }

    /// <summary>P-state in effect, as far as known.</summary>
    public int Effective { get; private set; }

    /// <summary>P-state granted last, which may not be in effect yet.</summary>
    public int Pending { get; private set; }

    /// <summary>No request awaits its effect.</summary>
    public bool Settled => Effective == Pending;

    /// <summary>When the last effect was seen, in ticks.</summary>
    public double LastEffect { get; private set; }

    /// <summary>When the last request was granted, in ticks.</summary>
    public double RequestedAt { get; private set; }

    /// <summary>What was seen that is not as it should be: the first of its kind stays.</summary>
    public ActuatorSurprise Surprise { get; private set; }

    /// <summary>Takes in a sample that ends now.</summary>
    public void Observe(in QueueSample sample, double now, ServiceCostEstimator cost)
    {
        int granted = Math.Clamp(sample.PState, 0, _pStates.Count - 1);
        if (Effective < 0)
        {
            Effective = Pending = granted;
            _doubtfulUntil = now + _worstLatency;
        }

        // The call was made at the sample's start: its effect may already fall into the sample.
        if (granted != Pending)
        {
            Pending = granted;
            RequestedAt = now - sample.ElapsedTicks;
            _callTicks = sample.CallTicks;
            _lastShare = 1;
        }

        // A moment without polls tells nothing, not even that time is up.
        if (!Settled && sample.Polls > 0)
        {
            Look(sample, now, cost);
        }
        else if (Settled && now > _doubtfulUntil)
        {
            cost.Observe(sample, TicksPerCycle(Effective));
        }
    }

    private void Look(in QueueSample sample, double now, ServiceCostEstimator cost)
    {
        double ticks = sample.PollingTicks;
        double before = cost.Expected(sample, TicksPerCycle(Effective)), after = cost.Expected(sample, TicksPerCycle(Pending));
        double wait = _worstLatency;
        if (cost.Trusted && Math.Abs(before - after) > LeastContrast * before)
        {
            double shareBefore = (ticks - after) / (before - after);
            if (shareBefore < 0.5)
            {
                TakeEffect(now - (sample.ElapsedTicks * (1 - Math.Clamp(shareBefore, 0, 1))), now, IsEdge(_lastShare, shareBefore), sample.ElapsedTicks);
                return;
            }

            _lastShare = shareBefore;
            wait *= GiveUpFactor;
        }

        if (now - RequestedAt >= wait)
        {
            Effective = Pending;
            _doubtfulUntil = now;
        }
    }

    // From clearly before to clearly after: costs that are known too badly to tell give shares in between, and no time of an effect.
    private static bool IsEdge(double last, double share) => Math.Abs(last - 1) < 0.3
        ? share > -0.3
        : last is >= 0.5 and < 1 && Math.Abs(share) < 0.3;

    private void TakeEffect(double time, double now, bool isEdge, double resolution)
    {
        if (isEdge)
        {
            Surprise = Surprise == ActuatorSurprise.None ? Judge(time, resolution) : Surprise;
            Slots.ObserveEffect(time, time - RequestedAt);
        }

        LastEffect = time;
        Effective = Pending;
        _doubtfulUntil = now;
    }

    // An effect is seen to within a sample or two; the latency counts from the end of the call.
    private ActuatorSurprise Judge(double time, double resolution)
    {
        if (time - RequestedAt > (_worstLatency * (1 + EdgeTolerance)) + _callTicks + (2 * resolution))
        {
            return ActuatorSurprise.Late;
        }

        double period = Slots.Period;
        if (period <= 0)
        {
            return ActuatorSurprise.None;
        }

        double edge = Slots.EdgeFrom(time - (period / 2));
        if (Math.Abs(time - edge) > Math.Max(resolution, period * EdgeTolerance))
        {
            return ActuatorSurprise.OffGrid;
        }

        // One alone may be a grid that is still being told apart from one half as wide.
        _missed = edge - Slots.EdgeFrom(RequestedAt) > period / 2 ? _missed + 1 : 0;
        return _missed >= MostMissed ? ActuatorSurprise.MissedEdge : ActuatorSurprise.None;
    }

    private double TicksPerCycle(int pState) => _tscKHz / _pStates[pState];
}
