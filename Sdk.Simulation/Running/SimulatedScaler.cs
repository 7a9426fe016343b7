using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Scaling;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;

namespace PollScale.Simulation.Running;

/// <summary>Drives the scaler's core, the one that <see cref="LcoreScaler"/> drives, on a simulated lcore: with simulated time, polls and calls.</summary>
/// <remarks>The simulated lcore knows the time. A real one tells by what polls cost when a decision is due, and may be early or late by a few polls.</remarks>
internal sealed class SimulatedScaler
{
    private const ulong ChannelSalt = 0xC4A7;
    private readonly CoreTimeline _core;
    private readonly IChannelSession _channel;
    private readonly ScalerCore _scaler;
    private readonly ICallingGovernor? _calling;
    private readonly ISleepingGovernor? _sleeping;
    private readonly Action<TracePoint>? _trace;
    private readonly Func<long, long> _wakes;
    private readonly long _period;
    private readonly int _burst;
    private readonly bool _isConstant;
    private ScalingDecision? _stands;
    private RestCycle _rest;
    private ulong _polls;
    private ulong _emptyPolls;
    private ulong _fullPolls;
    private ulong _received;

    public SimulatedScaler(PollLoopOptions options, CoreTimeline core)
    {
        _core = core;
        _channel = options.Channel.Open(new SeedStream(options.Seed, ChannelSalt).Next());
        _trace = options.Trace;
        _wakes = options.Wakes ?? (_ => options.WakeTime);
        _period = options.DecisionPeriod;
        _burst = options.Core.BurstSize;
        DueAt = _period;
        (_scaler, IGovernor governor) = MakeCore(options);
        _calling = options.Channel.Repeats ? governor as ICallingGovernor : null;
        _sleeping = governor as ISleepingGovernor;
        DecisionCost = options.DecisionCost ?? DecisionCosts.Of(governor, options.Actuator);
        _isConstant = governor is FixedGovernor && options is { Costs: null, CostFactor: null } && LongestPass(options) < LeapDetector.ShortestLeapMicroseconds * SimTime.Microsecond;
    }

    /// <summary>Time that a decision takes.</summary>
    public long DecisionCost { get; }

    /// <summary>Time from which the next decision is due.</summary>
    public long DueAt { get; private set; }

    /// <summary>Backlog at which a decision is due at once.</summary>
    public int EscalateAt { get; private set; } = ScalingDecision.Never;

    /// <summary>Sleep that follows the last decision.</summary>
    public LcoreSleep Sleep(long now, int backlog) => _sleeping is not null ? _sleeping.Sleep
        : backlog == 0 && _scaler.MayWait > 0 ? new LcoreSleep(_scaler.MayWait, SimTime.ToTicks(_wakes(now)))
        : default;

    /// <summary>After an empty poll the loop asks at once how long it may wait.</summary>
    public bool Waits => _scaler.MayWait > 0;

    /// <summary>Takes in a wait of a governor that tells how long: a decision is due after the poll that follows.</summary>
    public void Waited(in LcoreSleep sleep, long from, long to)
    {
        if (_sleeping is null)
        {
            _scaler.Waited(sleep.Ticks, SimTime.ToTicks(from), SimTime.ToTicks(to));
            DueAt = to;
        }
    }

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

    /// <summary>The scaler's core as a simulation of these options begins with it, and its governor.</summary>
    public static (ScalerCore Core, IGovernor Governor) MakeCore(PollLoopOptions options)
    {
        GovernorContext context = options.Context();
        IGovernor governor = options.Governor(context);
        ScalerCore core = new(context);
        core.Plan(queues: null, governor);
        core.Assume(options.InitialPState);
        core.Begin(0);
        return (core, governor);
    }

    /// <summary>The answer that a guest sees of a call.</summary>
    public static FrequencyReply Reply(CallResult call, int target) => call.Granted ? new FrequencyReply(target) : new FrequencyReply(FrequencyStatus.BackendFailed);

    /// <summary>The last decision stands: while nothing arrives the next ones change nothing.</summary>
    public bool Rests => _stands is not null && _trace is null;

    /// <summary>Makes the decisions that are due while the core rests, and the empty polls before them.</summary>
    /// <param name="now">Time, right after a decision that left nothing waiting.</param>
    /// <param name="until">Time, after it, before which nothing arrives or begins to count.</param>
    /// <param name="polls">Polls made.</param>
    /// <returns>Time at which the core polls again, before <paramref name="until"/>.</returns>
    public long Rest(long now, long until, out long polls)
    {
        long times = _rest.Within(until - now);
        polls = times * _rest.Polls;
        CountEmpty(polls);
        Decisions += _core.Counts(now) ? times : 0;
        now += times * _rest.Time;
        DueAt = now + _period;
        return now;
    }

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
        _polls += (ulong)polls;
        _emptyPolls += (ulong)polls;
    }

    /// <summary>Decides, and perhaps calls.</summary>
    /// <returns>Time at which the core polls again.</returns>
    public long Decide(long now, int backlog) => _stands is null ? Make(now, backlog) : Repeat(now, backlog, _stands.Value);

    private long Make(long now, int backlog)
    {
        PollCounts counts = new(_polls, _emptyPolls, _fullPolls, _received);
        ScalerStep step = _scaler.Decide(SimTime.ToTicks(now), backlog, counts, controlGranted: true);
        Decisions += _core.Counts(now) ? 1 : 0;
        _trace?.Invoke(new TracePoint(now, backlog, _core.PState, step.Decision));
        now = _core.Spend(now, DecisionCost);
        if (step.Calls || _calling is { Called: true })
        {
            now = Request(now, step.Target);
        }

        EscalateAt = _scaler.Finish(step);
        DueAt = now + _period;
        if (_isConstant && step.Cause == DecisionCause.Governor && step.Target == _scaler.LastRequested && _core.NextEvent == long.MaxValue)
        {
            _stands = step.Decision;
            _rest = new RestCycle(_core.EmptyPolls, _period, DecisionCost);
        }

        return now;
    }

    // What always wants the same has asked for it, and without a leap of the clock, which needs a longer time, nothing else brings a call.
    private long Repeat(long now, int backlog, ScalingDecision decision)
    {
        Decisions += _core.Counts(now) ? 1 : 0;
        _trace?.Invoke(new TracePoint(now, backlog, _core.PState, decision));
        now += DecisionCost;
        DueAt = now + _period;
        return now;
    }

    // From one decision to the next, where nothing disturbs the polls.
    private long LongestPass(PollLoopOptions options) => DecisionCost + _period + options.Core.PollTime(options.Core.KHz.Count - 1, _burst) + options.Observing;

    private long Request(long now, int target)
    {
        CallResult call = _channel.Send(now);
        bool counted = _core.Counts(now);
        if (call.ReachedAt != CallResult.Never)
        {
            _core.Request(Math.Max(now, call.ReachedAt), target, counted);
        }

        long after = _core.Spend(now, call.Stall);
        if (_calling is null || call.Granted)
        {
            _scaler.Answered(target, Reply(call, target), SimTime.ToTicks(now), SimTime.ToTicks(after));
        }
        else
        {
            _scaler.Unheeded(target, SimTime.ToTicks(now), SimTime.ToTicks(after));
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
