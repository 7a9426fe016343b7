using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using PollScale.Tests.Shared.Governors;
using PollScale.Tests.Transports;

namespace PollScale.Tests.Governors;

/// <summary>
/// A small closed loop round an <see cref="OptimalAvailableGovernor"/>: a core whose packets cost 700 cycles and 60 ns, polls 60 cycles and
/// 20 ns, a ring, an actuator and a host that grants. What arrives during a period is seen at its end.
/// </summary>
internal sealed class GovernorRig
{
    /// <summary>Most packets of a period: the line's, a little below what the fastest P-state serves, and above what the next one does.</summary>
    public const int LinePackets = 67;

    /// <summary>The line's packets per second.</summary>
    public const double Line = LinePackets / 20e-6;

    /// <summary>Periods of moderate load in which costs and actuator are learned.</summary>
    public const int Prefix = 1200;

    private const int Burst = 32;
    private const double CallTicks = 1000;
    private readonly Queue<(double Time, int PState)> _effects = new();
    private readonly GovernorCase _case;
    private double _arriving;
    private double _call;

    public GovernorRig(GovernorCase one, OptimalAvailableOptions? options = null)
    {
        _case = one;
        Table = FakeHost.Table(latencyNs: (uint)one.LatencyUs * 1000);
        Governor = Make(one, options);
    }

    public PStateTable Table { get; }

    public OptimalAvailableGovernor Governor { get; }

    /// <summary>Told of every sample and what the governor decided on it.</summary>
    public Action<QueueSample, int>? Heard { get; set; }

    /// <summary>The fastest P-state the host grants.</summary>
    public int Cap { get; set; }

    /// <summary>The host grants nothing.</summary>
    public bool Denies { get; set; }

    public double Now { get; private set; }

    public int Backlog { get; set; }

    public int Lost { get; private set; }

    public int Effective { get; private set; }

    public int Granted { get; private set; }

    /// <summary>Calls made.</summary>
    public int Calls { get; private set; }

    public double LatencyTicks => _case.LatencyUs * (double)GovernorSamples.TicksPerUs;

    public static OptimalAvailableGovernor Make(GovernorCase one, OptimalAvailableOptions? options = null, uint scale = 1, PStateTable? table = null) => new(
        new GovernorContext(table ?? FakeHost.Table(latencyNs: (uint)one.LatencyUs * 1000), 2_500_000 * scale, one.Ring, Burst, GovernorSamples.Period * scale) { PeakPacketsPerSecond = Line },
        options);

    /// <summary>The first edge of the grid after a time.</summary>
    public double EdgeAfter(double time) => (Math.Floor(time / LatencyTicks) + 1) * LatencyTicks;

    /// <summary>Packets per tick that a P-state serves.</summary>
    public double Service(int pState) => Burst / PollTicks(pState, Burst);

    /// <summary>The prefix, then the case's traffic.</summary>
    public GovernorRig Run()
    {
        for (int i = 0; i < Prefix; i++)
        {
            Pass(i % 400 < 200 ? 30 : i % 7);
        }

        foreach (TrafficStep step in _case.Steps)
        {
            Pass(step.Packets, step.Periods);
        }

        return this;
    }

    public int Pass(int packets, int periods)
    {
        int decision = Granted;
        for (int i = 0; i < periods; i++)
        {
            decision = Pass(packets);
        }

        return decision;
    }

    /// <summary>A period and the decision after it.</summary>
    public int Pass(int packets)
    {
        QueueSample sample = Poll(packets);
        int decision = Governor.Decide(sample).PState;
        Heard?.Invoke(sample, decision);
        Grant(decision);
        return decision;
    }

    /// <summary>A period without a decision.</summary>
    public QueueSample Poll(int packets)
    {
        double start = Now, end = start + GovernorSamples.Period, at = start + _call;
        uint polls = 0, empty = 0, full = 0, received = 0;
        while (at < end)
        {
            for (; _effects.TryPeek(out (double Time, int PState) effect) && effect.Time <= at; _effects.Dequeue())
            {
                Effective = effect.PState;
            }

            int burst = Math.Min(Burst, Backlog);
            double ticks = PollTicks(Effective, burst);
            double until = Math.Min(end, _effects.TryPeek(out (double Time, int PState) next) ? next.Time : end);
            uint count = burst > 0 ? 1 : (uint)Math.Max(1, Math.Ceiling((until - at) / ticks));
            polls += count;
            empty += burst == 0 ? count : 0;
            full += burst == Burst ? 1u : 0;
            received += (uint)burst;
            Backlog -= burst;
            at += count * ticks;
        }

        Now = Math.Round(at);
        _arriving += packets * (Now - start) / GovernorSamples.Period;
        int arrived = (int)_arriving;
        _arriving -= arrived;
        Lost += Math.Max(0, Backlog + arrived - _case.Ring);
        Backlog = Math.Min(Backlog + arrived, _case.Ring);
        ulong call = (ulong)_call;
        _call = 0;
        return new QueueSample { ElapsedTicks = (ulong)(Now - start), CallTicks = call, Polls = polls, EmptyPolls = empty, FullPolls = full, Received = received, Backlog = Backlog, PState = Granted };
    }

    /// <summary>A call, where the decision is not what was granted last.</summary>
    public void Grant(int decision)
    {
        if (decision == Granted)
        {
            return;
        }

        Calls++;
        _call = CallTicks;
        int granted = Denies ? Granted : Math.Max(decision, Cap);
        if (granted != Granted)
        {
            Granted = granted;
            _effects.Enqueue((_case.Grid ? EdgeAfter(Now + CallTicks) : Now + LatencyTicks, granted));
        }
    }

    private double PollTicks(int pState, int packets)
    {
        double ticksPerCycle = 2_500_000.0 / Table[pState];
        return (60 * ticksPerCycle) + 50 + (packets * ((700 * ticksPerCycle) + 150));
    }
}
