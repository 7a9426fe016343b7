using PollScale.Governors;
using PollScale.Polling;
using PollScale.Scaling;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Running;

namespace PollScale.Simulation.Tests.Running;

/// <summary>The plainest form of the simulation, poll by poll and request by request: what <see cref="PollLoop"/> is held against.</summary>
internal sealed class SlowPollLoop
{
    private readonly PollLoopOptions _options;
    private readonly Queue<(long Time, double Weight)> _traffic;
    private readonly Queue<(long Time, double Weight)> _ring = new();
    private readonly CostRun? _costs;
    private readonly List<long> _delays = [];
    private readonly List<(long At, int PState)> _history = [];
    private readonly List<(long At, int PState, bool Counted)> _pending = [];
    private readonly IChannelSession _channel;
    private readonly ScalerCore _scaler;
    private readonly ICallingGovernor? _calling;
    private readonly ISleepingGovernor? _sleeping;
    private readonly long _decisionCost;
    private readonly ulong _actuatorSeed;
    private long _now;
    private int _pState;

    public SlowPollLoop(PollLoopOptions options, long[] arrivals)
    {
        _options = options;
        _costs = options.Costs?.Start(new SeedStream(options.Seed, 0xC057).Next());
        _traffic = new(arrivals.Where(time => time < options.Duration).Select(time => (time, _costs?.Weight(0) ?? 1)).ToArray());
        Offered = _traffic.Count(packet => packet.Time >= options.Warmup);
        _pState = options.InitialPState;
        _history.Add((0, _pState));
        _channel = options.Channel.Open(new SeedStream(options.Seed, 0xC4A7).Next());
        _actuatorSeed = new SeedStream(options.Seed, 0xAC70).Next();
        (_scaler, IGovernor governor) = SimulatedScaler.MakeCore(options);
        _calling = options.Channel.Repeats ? governor as ICallingGovernor : null;
        _sleeping = governor as ISleepingGovernor;
        _decisionCost = options.DecisionCost ?? DecisionCosts.Of(governor, options.Actuator);
    }

    public long Offered { get; }

    public long Lost { get; private set; }

    public long Polls { get; private set; }

    public long EmptyPolls { get; private set; }

    public long Decisions { get; private set; }

    public long Requests { get; private set; }

    public long IdleRequests { get; private set; }

    public long CallTime { get; private set; }

    public Dictionary<string, long> Asleep { get; } = [];

    public IReadOnlyList<long> Delays => _delays;

    public long Backlog => _ring.Count(packet => packet.Time >= _options.Warmup);

    public long Transitions => _history.Skip(1).Count(change => Counts(change.At));

    public long Reversals => Enumerable.Range(2, Math.Max(0, _history.Count - 2)).Count(i => Counts(_history[i].At)
        && (_history[i].PState > _history[i - 1].PState) != (_history[i - 1].PState > _history[i - 2].PState));

    public long[] Residency()
    {
        long[] residency = new long[_options.Core.KHz.Count];
        for (int i = 0; i < _history.Count; i++)
        {
            long until = i + 1 < _history.Count ? _history[i + 1].At : _options.Duration;
            residency[_history[i].PState] += Clip(until) - Clip(_history[i].At);
        }

        return residency;
    }

    public void Run()
    {
        ulong polls = 0, empty = 0, full = 0, received = 0;
        int escalateAt = ScalingDecision.Never;
        long due = _options.DecisionPeriod;
        while (_now < _options.Duration)
        {
            Arrive();
            int packets = Math.Min(_ring.Count, _options.Core.BurstSize);
            double weights = 0;
            for (int i = 0; i < packets; i++)
            {
                (long arrival, double weight) = _ring.Dequeue();
                weights += weight;
                if (arrival >= _options.Warmup)
                {
                    _delays.Add(_now - arrival);
                }
            }

            polls++;
            received += (ulong)packets;
            empty += packets == 0 ? 1u : 0;
            full += packets == _options.Core.BurstSize ? 1u : 0;
            Polls += Counts(_now) ? 1 : 0;
            EmptyPolls += Counts(_now) && packets == 0 ? 1 : 0;
            double factor = packets > 0 && _options.CostFactor is not null ? _options.CostFactor(_now) : 1;
            factor *= packets > 0 && _costs is not null ? _costs.Factor(_now, packets) * (_costs.Weighs ? weights / packets : 1) : 1;
            Pass(pState => Cost(pState, packets, factor));
            Arrive();
            if (_now >= _options.Duration || (_now < due && _ring.Count < escalateAt))
            {
                continue;
            }

            ScalerStep step = _scaler.Decide(SimTime.ToTicks(_now), _ring.Count, new PollCounts(polls, empty, full, received), controlGranted: true);
            Decisions += Counts(_now) ? 1 : 0;
            Pass(_ => _decisionCost);
            if (step.Calls || _calling is { Called: true })
            {
                long before = _now;
                CallResult call = Call(step.Target);
                CallTime += Clip(_now) - Clip(before);
                if (_calling is not null && !call.Granted)
                {
                    _scaler.Unheeded(step.Target, SimTime.ToTicks(before), SimTime.ToTicks(_now));
                }
                else
                {
                    _scaler.Answered(step.Target, SimulatedScaler.Reply(call, step.Target), SimTime.ToTicks(before), SimTime.ToTicks(_now));
                }
            }

            escalateAt = _scaler.Finish(step);
            due = _now + _options.DecisionPeriod;
            Arrive();
            Doze(_sleeping?.Sleep ?? default);
        }

        Arrive();
    }

    private CallResult Call(int target)
    {
        CallResult call = _channel.Send(_now);
        Requests += Counts(_now) ? 1 : 0;
        if (call.ReachedAt != CallResult.Never)
        {
            long effect = _options.Actuator.EffectTime(call.ReachedAt, _actuatorSeed);
            IdleRequests += _pending.Count(other => other.At == effect && other.Counted);
            _pending.RemoveAll(other => other.At == effect);
            _pending.Add((effect, target, Counts(_now)));
        }

        Pass(_ => call.Stall);
        return call;
    }

    // Sleeps until its time is over or a packet comes, and wakes up; a stall that begins meanwhile is slept out.
    private void Doze(LcoreSleep sleep)
    {
        if (sleep.Ticks == 0)
        {
            return;
        }

        long begin = _now, end = begin + ((long)sleep.Ticks * TestCores.Ns);
        if (sleep.EndsAtPacket)
        {
            end = _ring.Count > 0 ? begin : _traffic.TryPeek(out (long Time, double Weight) next) && next.Time < end ? next.Time : end;
        }

        IdleState? state = sleep.IsPause ? _options.Core.Idle.List[0] : _options.Core.Idle.List.LastOrDefault(state => state.LeastResidency <= end - begin);
        end += (long)sleep.WakeTicks * TestCores.Ns;
        while (_pending.Count > 0 && _pending[0].At < end || Steal < end)
        {
            if (Steal < end && (_pending.Count == 0 || Steal <= _pending[0].At))
            {
                end = Math.Max(end, Math.Max(Steal, begin) + _costs!.TakeSteal());
                continue;
            }

            (long at, int pState, bool counted) = _pending[0];
            _pending.RemoveAt(0);
            if (pState == _pState)
            {
                IdleRequests += counted && at < _options.Duration ? 1 : 0;
                continue;
            }

            end = Math.Max(end, Math.Max(at, begin) + _options.Actuator.Stall);
            _pState = pState;
            _history.Add((at, pState));
        }

        _now = end;
        if (state is not null)
        {
            Asleep[state.Name] = Asleep.GetValueOrDefault(state.Name) + Clip(end) - Clip(begin);
            Pass(_ => sleep.IsPause ? 0 : state.ExitLatency);
        }
    }

    // Lets time pass until some work is done, change by change.
    private void Pass(Func<int, long> cost)
    {
        long start = _now, left = cost(_pState);
        while (_pending.Count > 0 && _pending[0].At < start + left || Steal < start + left)
        {
            if (Steal < start + left && (_pending.Count == 0 || Steal <= _pending[0].At))
            {
                long stolen = Math.Max(Steal, start);
                left -= stolen - start;
                start = stolen + _costs!.TakeSteal();
                continue;
            }

            (long at, int pState, bool counted) = _pending[0];
            _pending.RemoveAt(0);
            if (pState == _pState)
            {
                IdleRequests += counted && at < _options.Duration ? 1 : 0;
                continue;
            }

            if (at > start)
            {
                left -= at - start;
                start = at;
            }

            Int128 product = (Int128)left * cost(pState);
            left = (long)((product + (cost(_pState) / 2)) / Math.Max(1, cost(_pState)));
            start += _options.Actuator.Stall;
            _pState = pState;
            _history.Add((at, pState));
        }

        _now = start + left;
    }

    private long Steal => _costs?.NextSteal ?? long.MaxValue;

    private void Arrive()
    {
        while (_traffic.TryPeek(out (long Time, double Weight) packet) && packet.Time <= _now)
        {
            _traffic.Dequeue();
            if (_ring.Count < _options.RingSize)
            {
                _ring.Enqueue(packet);
            }
            else
            {
                Lost += packet.Time >= _options.Warmup ? 1 : 0;
            }
        }
    }

    private long Cost(int pState, int packets, double factor)
    {
        long time = _options.Core.PollTime(pState, packets) + _options.Observing, empty = _options.Core.PollTime(pState, 0) + _options.Observing;
        return factor == 1 ? time : empty + (long)Math.Round((time - empty) * factor);
    }

    private bool Counts(long time) => time >= _options.Warmup && time < _options.Duration;

    private long Clip(long time) => Math.Clamp(time, _options.Warmup, _options.Duration);
}
