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
    private const double LateTolerance = 0.05;
    private const double ClearShare = 0.3;
    private const double UnchangedShare = 0.15;
    private const int UnchangedSamples = 4;
    private const int BatchSize = 8;
    private const double StallShare = 0.95, LeastStallShare = 0.25;
    private readonly PStateTable _pStates;
    private readonly double[] _ticksPerCycle;
    private readonly double _worstLatency;
    private readonly double _stall;
    private double _doubtfulUntil;
    private double _lastShare = 1;
    private double _callTicks;
    private bool _overlaps;
    private bool _fits;
    private bool _stood;
    private int _slow;
    private CostBatch _batch;

    /// <param name="pStates">The table.</param>
    /// <param name="tscKHz">TSC frequency.</param>
    /// <param name="worstLatency">Longest time from a request to its effect, in ticks, as the host states it.</param>
    /// <param name="slots">Told of effects.</param>
    /// <param name="stall">Time for which the core stands still at a change, in ticks, as the host states it.</param>
    public ActuatorObserver(PStateTable pStates, double tscKHz, double worstLatency, SlotPhase slots, double stall = 0)
    {
        _stall = stall;
        _pStates = pStates;
        _ticksPerCycle = new double[pStates.Count];
        for (int i = 0; i < _ticksPerCycle.Length; i++)
        {
            _ticksPerCycle[i] = tscKHz / pStates[i];
        }

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

    /// <summary>Longest time from a request to its effect that was longer than the latency, in ticks; 0 while none was.</summary>
    public double LongestDelay { get; private set; }

    /// <summary>What was seen that is not as it should be: what came late stays, else the first.</summary>
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
            Flush(cost);

            // What was asked for before may still come: no cost can be told by this speed until it cannot.
            _overlaps = !Settled || now <= _doubtfulUntil;
            Pending = granted;
            RequestedAt = now - sample.ElapsedTicks;
            _callTicks = sample.CallTicks;
            _lastShare = 1;
            _fits = true;
            _stood = false;
            _slow = 0;
            _doubtfulUntil = Settled ? Certain : _doubtfulUntil;
        }

        // A moment without polls tells nothing, not even that time is up.
        if (!Settled && sample.Polls > 0)
        {
            Look(sample, now, cost);
        }
        else if (Settled && now - sample.ElapsedTicks >= _doubtfulUntil)
        {
            Gather(sample, cost);
        }
    }

    /// <summary>The P-state in effect is certain, and no request awaits its effect.</summary>
    public bool IsCertain(double now) => Settled && now >= _doubtfulUntil;

    /// <summary>Takes in samples that change nothing: of the P-state that is certain to be in effect.</summary>
    public void Gather(in CostBatch batch, ServiceCostEstimator cost)
    {
        Flush(cost);
        cost.ObserveAll(batch, TicksPerCycle(Effective));
    }

    private void Gather(in QueueSample sample, ServiceCostEstimator cost)
    {
        double ticks = sample.PollingTicks;
        if (sample.Polls == 0 || ticks <= 0)
        {
            return;
        }

        // One in which something else ran must not hide among the others.
        if (cost.IsOutlier(ticks, cost.Expected(sample, TicksPerCycle(Effective))))
        {
            cost.Observe(sample, TicksPerCycle(Effective));
            return;
        }

        _batch.Add(ticks, sample.Polls, sample.Received);
        if (_batch.Samples >= BatchSize)
        {
            Flush(cost);
        }
    }

    // What was gathered was so at the P-state in effect.
    private void Flush(ServiceCostEstimator cost)
    {
        cost.ObserveAll(_batch, TicksPerCycle(Effective));
        _batch = default;
    }

    private void Look(in QueueSample sample, double now, ServiceCostEstimator cost)
    {
        double ticks = sample.PollingTicks;
        double before = cost.Expected(sample, TicksPerCycle(Effective)), after = cost.Expected(sample, TicksPerCycle(Pending));
        double wait = _worstLatency;
        if (cost.Trusted && Math.Abs(before - after) > LeastContrast * before)
        {
            // The core stood still within this sample; a change stops it once, so that another such sample shows the new speed.
            bool stood = _stall > 0 && !_stood && ticks >= Math.Min(before, after) + (StallShare * _stall) && ticks - before > LeastStallShare * _stall;
            _stood |= stood;
            double stalled = stood ? _stall : 0;
            double shareBefore = (ticks - stalled - after) / (before - after);
            if (shareBefore < 0.5)
            {
                TakeEffect(now - stalled - ((sample.ElapsedTicks - stalled) * (1 - Math.Clamp(shareBefore, 0, 1))), now, IsEdge(_lastShare, shareBefore), sample.ElapsedTicks - stalled);
                return;
            }

            // Where costs are known too badly for this load, a speed that has changed may look like the one before: but not like what was seen since the request.
            _fits &= Math.Abs(shareBefore - 1) < ClearShare;
            _lastShare = shareBefore;
            wait *= GiveUpFactor;
            _slow = _fits && IsLate(now, sample.ElapsedTicks) && Math.Abs(shareBefore - 1) < UnchangedShare ? _slow + 1 : 0;
            if (_slow >= UnchangedSamples)
            {
                Late(now - RequestedAt);
            }
        }

        if (now - RequestedAt >= wait)
        {
            Effective = Pending;
            _doubtfulUntil = Doubtful(now);
        }
    }

    // From clearly before to clearly after: costs that are known too badly to tell give shares in between, and no time of an effect.
    private static bool IsEdge(double last, double share) => Math.Abs(last - 1) < ClearShare
        ? share > -ClearShare
        : last is >= 0.5 and < 1 && Math.Abs(share) < ClearShare;

    private void TakeEffect(double time, double now, bool isEdge, double resolution)
    {
        if (isEdge)
        {
            double delay = time - RequestedAt;
            ActuatorSurprise surprise = Slots.ObserveEffect(time, delay, resolution);
            Surprise = Surprise == ActuatorSurprise.None ? surprise : Surprise;

            if (_fits && IsLate(time, resolution))
            {
                Late(delay);
            }
        }

        LastEffect = time;
        Effective = Pending;
        _doubtfulUntil = Doubtful(now);
    }

    // When the last request is in effect for certain, whatever went before.
    private double Certain => RequestedAt + _callTicks + Math.Max(_worstLatency, LongestDelay);

    // What was seen is believed where it came at an edge that is trusted; else only time tells what costs belong to which speed.
    private double Doubtful(double now) => _overlaps || Slots.Period <= 0 ? Math.Max(now, Certain) : now;

    // An effect is seen to within a sample or two; the latency counts from the end of the call. Where several requests were on their way, whose it is cannot be told.
    private bool IsLate(double time, double resolution) => !_overlaps && time - RequestedAt > (_worstLatency * (1 + LateTolerance)) + _callTicks + (2 * resolution);

    private void Late(double delay)
    {
        Surprise = ActuatorSurprise.Late;
        LongestDelay = Math.Max(LongestDelay, delay);
    }

    private double TicksPerCycle(int pState) => _ticksPerCycle[pState];
}
