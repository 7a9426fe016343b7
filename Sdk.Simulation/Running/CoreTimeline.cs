using System.Runtime.CompilerServices;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;

namespace PollScale.Simulation.Running;

/// <summary>
/// The core's speed over time. Work goes on across a change: the share of a poll that is left takes that share of the poll's time at
/// the new speed, as if its cycles and its waiting for memory were spread evenly. At a change the core stands still for the
/// actuator's stall, and draws what the new P-state draws; while it is taken away it draws what its P-state draws. A core that sleeps goes on changing; only a stall that outlasts the sleep delays it. It leaves an idle state at the power of its P-state.
/// </summary>
internal sealed class CoreTimeline
{
    private const ulong ActuatorSalt = 0xAC70;
    private const int NoPoll = -1;
    private readonly IActuator _actuator;
    private readonly ulong _seed;
    private readonly long _warmup;
    private readonly long _end;
    private readonly int _stride;
    private readonly long[] _pollTimes;
    private readonly PollDivisor[] _emptyPolls;
    private readonly long[] _residency;
    private readonly long[] _asleep;
    private readonly long[] _idle;
    private readonly IdleStates _idleStates;
    private readonly TransitionQueue _transitions = new();
    private readonly CostRun? _costs;
    private long _since;
    private int _direction;

    /// <param name="options">What is simulated.</param>
    /// <param name="costs">Takes the core away for a while; null where nothing does.</param>
    public CoreTimeline(PollLoopOptions options, CostRun? costs = null)
    {
        _costs = costs;
        CoreModel core = options.Core;
        _actuator = options.Actuator;
        _seed = new SeedStream(options.Seed, ActuatorSalt).Next();
        _warmup = options.Warmup;
        _end = options.Duration;
        _stride = core.BurstSize + 1;
        _residency = new long[core.KHz.Count];
        _asleep = new long[core.KHz.Count];
        _idleStates = core.Idle;
        _idle = new long[_idleStates.List.Count];
        _pollTimes = new long[core.KHz.Count * _stride];
        for (int i = 0; i < _pollTimes.Length; i++)
        {
            _pollTimes[i] = core.PollTime(i / _stride, i % _stride) + options.Observing;
        }

        _emptyPolls = [.. Enumerable.Range(0, core.KHz.Count).Select(pState => new PollDivisor(_pollTimes[pState * _stride]))];
        PState = options.InitialPState;
        Look();
    }

    /// <summary>P-state in force.</summary>
    public int PState { get; private set; }

    /// <summary>Time of what next disturbs the polls: a request takes effect, or the core is taken away.</summary>
    public long NextEvent { get; private set; }

    private long NextSteal => _costs is null ? long.MaxValue : _costs.NextSteal;

    /// <summary>Changes of the P-state.</summary>
    public long Transitions { get; private set; }

    /// <summary>Changes whose direction was not that of the change before.</summary>
    public long Reversals { get; private set; }

    /// <summary>Requests that changed nothing: for the P-state in force, or overtaken by a later one.</summary>
    public long IdleRequests { get; private set; }

    /// <summary>Empty polls at the P-state in force, counted.</summary>
    public ref readonly PollDivisor EmptyPolls => ref _emptyPolls[PState];

    /// <summary>Time in each P-state, from the warm-up to the end.</summary>
    public long[] Residency()
    {
        long[] residency = (long[])_residency.Clone();
        residency[PState] += _end - Clip(_since);
        return residency;
    }

    /// <summary>Time asleep in each P-state, from the warm-up to the end; a part of its residency.</summary>
    public IReadOnlyList<long> Asleep => _asleep;

    /// <summary>The same time by idle states.</summary>
    public IReadOnlyList<long> Idle => _idle;

    /// <summary>Time at which a poll that begins now ends.</summary>
    /// <param name="now">Its start.</param>
    /// <param name="packets">Packets it returned.</param>
    /// <param name="factor">Factor on the packets' cost.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Poll(long now, int packets, double factor)
    {
        long end = now + PollTime(PState, packets, factor);
        return NextEvent < end ? Across(now, end, packets, factor) : end;
    }

    /// <summary>Time at which something that takes a given time at any speed ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Spend(long now, long time)
    {
        long end = now + time;
        return NextEvent < end ? Across(now, end, NoPoll, 1) : end;
    }

    /// <summary>Time at which a core that sleeps from now until a time goes on.</summary>
    /// <param name="now">Begin.</param>
    /// <param name="until">When it is woken, and the time that waking up takes beside its idle state's.</param>
    /// <param name="wait">What it was to sleep for, by which the idle state is chosen.</param>
    /// <param name="isPause">It pauses, in no idle state of the kernel's.</param>
    public long Sleep(long now, long until, long wait, bool isPause)
    {
        int state = isPause ? IdleStates.Pause : _idleStates.Reached(wait);
        long woken = Sleep(now, until, state);
        return isPause || state == IdleStates.None ? woken : Spend(woken, _idleStates.List[state].ExitLatency);
    }

    private long Sleep(long now, long until, int state)
    {
        while (NextEvent < until)
        {
            if (NextSteal <= _transitions.Next)
            {
                long stolen = Math.Max(now, NextSteal);
                until = Math.Max(until, stolen + TakeSteal());
                continue;
            }

            Transition next = Take();
            if (next.PState != PState)
            {
                long at = Math.Max(now, next.EffectAt);
                CountAsleep(now, at, state);
                now = at;
                until = Math.Max(until, at + _actuator.Stall);
            }

            Change(next);
        }

        CountAsleep(now, until, state);
        return until;
    }

    private void CountAsleep(long from, long to, int state)
    {
        if (state != IdleStates.None)
        {
            long time = Clip(to) - Clip(from);
            _asleep[PState] += time;
            _idle[state] += time;
        }
    }

    /// <summary>Takes a request in that has reached the actuator.</summary>
    /// <param name="time">When it reaches it.</param>
    /// <param name="pState">P-state asked for.</param>
    /// <param name="counted">True when the request counts.</param>
    public void Request(long time, int pState, bool counted)
    {
        long effect = Math.Max(time, _actuator.EffectTime(time, _seed));
        Transition? overtaken = _transitions.Add(new Transition(effect, pState, counted));
        IdleRequests += overtaken is { Counted: true } ? 1 : 0;
        Look();
    }

    /// <summary>True for a time from the warm-up to the end.</summary>
    public bool Counts(long time) => time >= _warmup && time < _end;

    /// <summary>The nearest time from the warm-up to the end.</summary>
    public long Clip(long time) => Math.Clamp(time, _warmup, _end);

    private long Across(long running, long end, int packets, double factor)
    {
        while (NextEvent < end)
        {
            if (NextSteal <= _transitions.Next)
            {
                long left = end - Math.Max(NextSteal, running);
                running = Math.Max(NextSteal, running) + TakeSteal();
                end = running + left;
                continue;
            }

            long at = _transitions.Next;
            int before = PState;
            if (!Change(Take()))
            {
                continue;
            }

            // A change that comes during a stall leaves the work as it was and adds its own stall.
            long from = Math.Max(at, running);
            long rest = end - from;
            if (packets != NoPoll)
            {
                rest = Scaled(rest, PollTime(before, packets, factor), PollTime(PState, packets, factor));
            }

            running = from + _actuator.Stall;
            end = running + rest;
        }

        return end;
    }

    private Transition Take()
    {
        Transition next = _transitions.Take();
        Look();
        return next;
    }

    private long TakeSteal()
    {
        long length = _costs!.TakeSteal();
        Look();
        return length;
    }

    private void Look() => NextEvent = Math.Min(_transitions.Next, NextSteal);

    private static long Scaled(long rest, long before, long after) => (long)((((Int128)rest * after) + (before / 2)) / before);

    private bool Change(Transition transition)
    {
        long at = transition.EffectAt;
        if (transition.PState == PState)
        {
            IdleRequests += transition.Counted && at < _end ? 1 : 0;
            return false;
        }

        _residency[PState] += Clip(at) - Clip(_since);
        _since = at;
        int direction = Math.Sign(transition.PState - PState);
        if (Counts(at))
        {
            Transitions++;
            Reversals += direction == -_direction ? 1 : 0;
        }

        _direction = direction;
        PState = transition.PState;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long PollTime(int pState, int packets, double factor)
    {
        long time = _pollTimes[(pState * _stride) + packets];
        return factor == 1 ? time : Costlier(time, _pollTimes[pState * _stride], factor);
    }

    private static long Costlier(long time, long empty, double factor) => empty + (long)Math.Round((time - empty) * factor);
}
