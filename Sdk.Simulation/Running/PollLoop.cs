using System.Runtime.CompilerServices;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Traffic;

namespace PollScale.Simulation.Running;

/// <summary>
/// One simulated core that polls one rx ring and scales itself: it takes a burst, works, looks at the ring, perhaps decides and
/// calls, and polls again, as the guest's loop does. The same options and traffic give the same result to the bit.
/// </summary>
/// <remarks>
/// A packet that finds the ring full is lost; packets leave the ring when a poll takes them. Runs of empty polls are counted, not
/// made. Nothing is allocated while it runs, unless the traffic, the governor or a trace does.
/// </remarks>
public sealed class PollLoop
{
    private const ulong CostSalt = 0xC057;
    private readonly PollLoopOptions _options;
    private readonly CoreTimeline _core;
    private readonly SimulatedScaler _scaler;
    private readonly ArrivalFeed _feed;
    private readonly RxRing _ring;
    private readonly CostRun? _costs;
    private readonly DelayHistogram _delays;
    private readonly long _warmup;
    private readonly long _end;
    private long _polls;
    private long _emptyPolls;

    private PollLoop(PollLoopOptions options, IArrivals arrivals)
    {
        _options = options;
        _warmup = options.Warmup;
        _end = options.Duration;
        _costs = options.Costs?.Start(new SeedStream(options.Seed, CostSalt).Next());
        _core = new CoreTimeline(options, _costs);
        _scaler = new SimulatedScaler(options, _core);
        _ring = new RxRing(options.RingSize, _warmup, _costs is { Weighs: true });
        _delays = new DelayHistogram(options.DelayBound);
        _feed = new ArrivalFeed(arrivals, _costs, options.ArrivalBuffer, _warmup, _end);
    }

    /// <summary>Runs a simulation.</summary>
    /// <param name="options">What to simulate.</param>
    /// <param name="arrivals">Packets; those at or after the end of the run are not read as offered.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The traffic goes backwards in time.</exception>
    public static RunResult Run(PollLoopOptions options, IArrivals arrivals)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(arrivals);
        options.Validate();
        PollLoop loop = new(options, arrivals);
        loop.Poll();
        return loop.Result();
    }

    /// <summary>Runs a simulation on the traffic of a model.</summary>
    /// <param name="options">What to simulate.</param>
    /// <param name="traffic">Model of the traffic.</param>
    /// <param name="seed">Its seed.</param>
    public static RunResult Run(PollLoopOptions options, ITrafficModel traffic, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(traffic);
        return Run(options, traffic.Start(seed, options.Duration));
    }

    private void Poll()
    {
        int burst = _options.Core.BurstSize;
        bool varies = _costs is not null || _options.CostFactor is not null;
        long now = 0;
        _feed.Deliver(now, _ring);
        while (now < _end)
        {
            int packets = Math.Min(burst, _ring.Backlog);
            bool asks = packets == 0 && _scaler.Waits;
            if (asks)
            {
                now = PollEmptyOnce(now);
            }
            else if (packets == 0)
            {
                long arrival = _feed.Next;
                now = PollEmpty(now);
                if (!varies && now < _scaler.DueAt && now < _end && _scaler.EscalateAt > 1 && _feed.TakeAlone(now))
                {
                    now = PollOne(now, arrival);
                }
            }
            else
            {
                _polls += now >= _warmup ? 1 : 0;
                _scaler.CountBusy(packets);
                double factor = varies ? Factor(now, packets) : 1;
                _ring.Take(now, packets, _delays);
                now = _core.Poll(now, packets, factor);
            }

            _feed.Deliver(now, _ring);
            if ((asks || now >= _scaler.DueAt || _ring.Backlog >= _scaler.EscalateAt) && now < _end)
            {
                now = _scaler.Decide(now, _ring.Backlog);
                _feed.Deliver(now, _ring);
                LcoreSleep sleep = _scaler.Sleep(now, _ring.Backlog);
                if (sleep.Ticks > 0 && now < _end)
                {
                    long from = now;
                    now = Sleep(now, sleep);
                    _scaler.Waited(sleep, from, now);
                    _feed.Deliver(now, _ring);
                }
                else if (_scaler.Rests && _ring.Backlog == 0 && now < _end)
                {
                    now = Rest(now);
                }
            }
        }
    }

    // Empty polls follow each other until the end of the first in which something happens.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long PollEmpty(long now)
    {
        ref readonly PollDivisor each = ref _core.EmptyPolls;
        long until = Math.Min(Math.Min(_feed.Next, _scaler.DueAt), Boundary(now));
        long polls = each.Covering(until - now);
        if (now + (polls * each.Time) > _core.NextEvent)
        {
            polls = (_core.NextEvent - now) / each.Time;
        }

        // The poll in which the speed changes is made by itself.
        long end = polls > 0 ? now + (polls * each.Time) : _core.Poll(now, 0, 1);
        polls = Math.Max(polls, 1);
        _scaler.CountEmpty(polls);
        CountEmpty(now, polls);
        return end;
    }

    private long PollEmptyOnce(long now)
    {
        _scaler.CountEmpty(1);
        CountEmpty(now, 1);
        return _core.Poll(now, 0, 1);
    }

    private long Rest(long now)
    {
        now = _scaler.Rest(now, Math.Min(_feed.Next, Boundary(now)), out long polls);
        CountEmpty(now, polls);
        return now;
    }

    private void CountEmpty(long now, long polls)
    {
        _polls += now >= _warmup ? polls : 0;
        _emptyPolls += now >= _warmup ? polls : 0;
    }

    // Polls before and after it are not counted alike.
    private long Boundary(long now) => now < _warmup ? _warmup : _end;

    // What comes alone goes through no ring: so it mostly is at low load.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long PollOne(long now, long arrival)
    {
        _polls += now >= _warmup ? 1 : 0;
        _scaler.CountBusy(1);
        if (arrival >= _warmup)
        {
            _delays.Record(now, arrival);
        }

        return _core.Poll(now, 1, 1);
    }

    private long Sleep(long now, LcoreSleep sleep)
    {
        long end = now + SimTime.FromTicks(sleep.Ticks);
        if (sleep.EndsAtPacket)
        {
            end = _ring.Backlog > 0 ? now : Math.Min(end, Math.Max(now, _feed.Next));
        }

        return _core.Sleep(now, end + SimTime.FromTicks(sleep.WakeTicks), end - now, sleep.IsPause);
    }

    private double Factor(long now, int packets)
    {
        double factor = _options.CostFactor?.Invoke(now) ?? 1;
        return factor > 0 && double.IsFinite(factor)
            ? factor * (_costs is null ? 1 : _costs.Factor(now, packets) * _ring.MeanWeight(packets))
            : throw new InvalidOperationException($"PollLoopOptions.CostFactor gave {factor}; it must give a number above 0.");
    }

    private RunResult Result()
    {
        long[] residency = _core.Residency();
        double joules = 0;
        for (int pState = 0; pState < residency.Length; pState++)
        {
            joules += _options.Core.Watts[pState] * SimTime.ToSeconds(residency[pState] - _core.Asleep[pState]);
        }

        IReadOnlyList<IdleState> states = _options.Core.Idle.List;
        for (int state = 0; state < states.Count; state++)
        {
            joules += states[state].Watts * SimTime.ToSeconds(_core.Idle[state]);
        }

        return new RunResult
        {
            Time = _end - _warmup,
            Offered = _feed.Offered,
            Forwarded = _delays.Count,
            Lost = _ring.Lost,
            Backlog = _ring.CountedBacklog,
            Polls = _polls,
            EmptyPolls = _emptyPolls,
            Joules = joules,
            Delay = DelaySummary.Of(_delays),
            Decisions = _scaler.Decisions,
            Requests = _scaler.Requests,
            FailedRequests = _scaler.FailedRequests,
            LostRequests = _scaler.LostRequests,
            IdleRequests = _core.IdleRequests,
            CallTime = _scaler.CallTime,
            Transitions = _core.Transitions,
            Reversals = _core.Reversals,
            Residency = residency,
            Asleep = _core.Asleep.Sum(),
            IdleResidency = _core.Idle,
        };
    }
}
