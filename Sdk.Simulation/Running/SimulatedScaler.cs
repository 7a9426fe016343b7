using PollScale.Clock;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Running;

/// <summary>Samples, decisions and calls as <see cref="LcoreScaler"/> makes them, on a simulated core.</summary>
internal sealed class SimulatedScaler
{
    private const ulong ChannelSalt = 0xC4A7;
    private readonly CoreTimeline _core;
    private readonly IChannelSession _channel;
    private readonly IGovernor _governor;
    private readonly ICallingGovernor? _calling;
    private readonly PStateTable _pStates;
    private readonly Action<TracePoint>? _trace;
    private readonly long _period;
    private readonly long _cost;
    private readonly ulong _latencyTicks;
    private readonly int _burst;
    private CallBackoff _backoff;
    private uint _polls;
    private uint _emptyPolls;
    private uint _fullPolls;
    private uint _received;
    private ulong _sampledTsc;
    private ulong _settledTsc;
    private ulong _callTicks;
    private int _lastRequested;
    private int _lastGranted;

    public SimulatedScaler(PollLoopOptions options, CoreTimeline core)
    {
        _core = core;
        _channel = options.Channel.Open(new SeedStream(options.Seed, ChannelSalt).Next());
        _pStates = options.PStates();
        _trace = options.Trace;
        _period = options.DecisionPeriod;
        _cost = options.DecisionCost;
        _burst = options.Core.BurstSize;
        _latencyTicks = _pStates.TransitionLatencyNs;
        _lastRequested = _lastGranted = options.InitialPState;
        _backoff = new CallBackoff(new TscFrequency(SimTime.TscKHz, TscSource.Calibration));
        DueAt = _period;
        ulong ticks = Math.Max(1, SimTime.ToTicks(_period));
        _governor = options.Governor(new GovernorContext(_pStates, SimTime.TscKHz, options.RingSize, _burst, ticks));
        _calling = options.Channel.Repeats ? _governor as ICallingGovernor : null;
    }

    /// <summary>Time from which the next decision is due.</summary>
    public long DueAt { get; private set; }

    /// <summary>Backlog at which a decision is due at once.</summary>
    public int EscalateAt { get; private set; } = ScalingDecision.Never;

    /// <summary>Decisions that count.</summary>
    public long Decisions { get; private set; }

    /// <summary>Calls that count.</summary>
    public long Requests { get; private set; }

    /// <summary>Calls that count and failed, as the core saw it.</summary>
    public long FailedRequests { get; private set; }

    /// <summary>Calls that count and whose request never reached the actuator.</summary>
    public long LostRequests { get; private set; }

    /// <summary>Time in calls.</summary>
    public long CallTime { get; private set; }

    /// <summary>Tells of a poll that returned packets.</summary>
    public void CountBusy(int packets)
    {
        _polls++;
        _received += (uint)packets;
        _fullPolls += packets >= _burst ? 1u : 0u;
    }

    /// <summary>Tells of polls that returned nothing.</summary>
    public void CountEmpty(long polls)
    {
        _polls += (uint)polls;
        _emptyPolls += (uint)polls;
    }

    /// <summary>Decides, and perhaps calls.</summary>
    /// <returns>Time at which the core polls again.</returns>
    public long Decide(long now, int backlog)
    {
        ulong tsc = SimTime.ToTicks(now);
        QueueSample sample = Sample(tsc, backlog);
        ScalingDecision decision = _governor.Decide(sample);
        Decisions += _core.Counts(now) ? 1 : 0;
        _trace?.Invoke(new TracePoint(now, backlog, _core.PState, decision));
        int target = _backoff.FailHigh ? _pStates.FastestAllowed : _pStates.Clamp(decision.PState);
        bool mayCall = _backoff.MayCall(tsc);
        now = _core.Spend(now, _cost);
        if (_calling is not null ? _calling.Called || target != _lastRequested : target != _lastRequested && mayCall)
        {
            now = Request(now, target);
        }

        EscalateAt = mayCall && !_backoff.Failing ? Math.Max(decision.EscalateAt, Math.Min(backlog, int.MaxValue - 1) + 1) : ScalingDecision.Never;
        DueAt = now + _period;
        return now;
    }

    private QueueSample Sample(ulong tsc, int backlog)
    {
        QueueSample sample = new()
        {
            ElapsedTicks = tsc - _sampledTsc,
            CallTicks = _callTicks,
            Received = _received,
            Backlog = backlog,
            Polls = _polls,
            EmptyPolls = _emptyPolls,
            FullPolls = _fullPolls,
            PState = _lastGranted,
            Settled = _sampledTsc >= _settledTsc,
        };
        _polls = _emptyPolls = _fullPolls = _received = 0;
        _sampledTsc = tsc;
        _callTicks = 0;
        return sample;
    }

    private long Request(long now, int target)
    {
        CallResult call = _channel.Send(now);
        bool counted = _core.Counts(now);
        if (call.ReachedAt != CallResult.Never)
        {
            _core.Request(Math.Max(now, call.ReachedAt), target, counted);
        }

        long after = _core.Spend(now, call.Stall);
        ulong afterTsc = SimTime.ToTicks(after);
        _callTicks = afterTsc - SimTime.ToTicks(now);
        if (call.Granted)
        {
            _lastGranted = target;
            _lastRequested = target;
            _settledTsc = afterTsc + _latencyTicks;
            _backoff.Succeeded();
        }
        else if (_calling is null)
        {
            _lastRequested = -1;
            _backoff.Failed(FrequencyStatus.BackendFailed, afterTsc);
        }

        else
        {
            _lastRequested = target;
        }

        CallTime += _core.Clip(after) - _core.Clip(now);
        if (counted)
        {
            Requests++;
            FailedRequests += call.Granted ? 0 : 1;
            LostRequests += call.ReachedAt == CallResult.Never ? 1 : 0;
        }

        return after;
    }
}
