using System.Runtime.CompilerServices;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Report;
using PollScale.HostStub.Traffic;
using PollScale.Hypercall;

namespace PollScale.HostStub.Timeline;

/// <summary>Looks at a run each time round the traffic loop, and hands over what was in each step and which P-states took effect. On the traffic thread; allocates nothing.</summary>
internal sealed class TimelineMeter
{
    // A thread that takes what is handed over may be late by seconds.
    private const int Room = 8192;
    private readonly IFrequencyBackend _backend;
    private readonly IEnergySource _energy;
    private readonly TelemetryReader? _telemetry;
    private readonly ulong _stepTicks;
    private SpreadMeter _backlog, _oldest, _kHz;
    private TrafficGlance _glance, _stepGlance;
    private ulong _stepTsc, _lastTsc, _seenTicks, _idleTicks;
    private int _pState;

    /// <param name="backend">Has the P-states.</param>
    /// <param name="energy">Knows the one in effect.</param>
    /// <param name="telemetry">What the guest says of itself; null for nothing.</param>
    /// <param name="stepTicks">TSC ticks of a step, 1 or more.</param>
    public TimelineMeter(IFrequencyBackend backend, IEnergySource energy, TelemetryReader? telemetry, ulong stepTicks)
    {
        ArgumentOutOfRangeException.ThrowIfZero(stepTicks);
        (_backend, _energy, _telemetry, _stepTicks) = (backend, energy, telemetry, stepTicks);
        Clear();
    }

    /// <summary>Steps that are over.</summary>
    public HandOver<TimelineStep> Steps { get; } = new(Room);

    /// <summary>P-state in effect when it was looked at last.</summary>
    public int PState => Volatile.Read(ref _pState);

    /// <summary>P-states that took effect.</summary>
    public HandOver<PStateEffect> Effects { get; } = new(Room);

    /// <summary>Compiles what the traffic thread runs: a pause for that would hold the traffic up.</summary>
    public static void WarmUp(IFrequencyBackend backend, IEnergySource energy)
    {
        TimelineMeter scratch = new(backend, energy, null, 2);
        scratch.Begin(0);
        for (ulong tsc = 0; tsc < 100; tsc++)
        {
            scratch.Look(tsc, default);
        }
    }

    /// <summary>Sending begins.</summary>
    public void Begin(ulong tsc)
    {
        _stepTsc = _lastTsc = tsc;
        _pState = _energy.Effective;
        _idleTicks = _telemetry?.IdleTicks ?? 0;
    }

    /// <summary>Looks.</summary>
    /// <param name="tsc">TSC now.</param>
    /// <param name="glance">Where the traffic stands.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Look(ulong tsc, in TrafficGlance glance)
    {
        if (tsc - _stepTsc >= _stepTicks)
        {
            End(tsc);
        }

        ulong ticks = tsc - _lastTsc;
        _lastTsc = tsc;
        _seenTicks += ticks;
        _glance = glance;
        int pState = _energy.Effective;
        if (pState != _pState)
        {
            Effects.Put(new PStateEffect(Math.Min(_energy.ChangedTsc, tsc), _pState, pState, glance.Backlog));
            _pState = pState;
        }

        _backlog.Add((ulong)glance.Backlog, ticks);
        _oldest.Add(glance.OldestTicks, ticks);
        PStateTable pStates = _backend.PStates;
        _kHz.Add(pStates[Math.Min(pState, pStates.Count - 1)], ticks);
    }

    // The time between the last look of a step and the first of the next belongs to neither's mean.
    private void End(ulong tsc)
    {
        ulong idle = _telemetry?.IdleTicks ?? 0;
        Steps.Put(new TimelineStep
        {
            Tsc = _stepTsc,
            Ticks = _stepTicks,
            Offered = _glance.Offered - _stepGlance.Offered,
            Forwarded = _glance.Forwarded - _stepGlance.Forwarded,
            RingFull = _glance.RingFull - _stepGlance.RingFull,
            Backlog = _backlog.Spread(_seenTicks),
            OldestTicks = _oldest.Spread(_seenTicks),
            KHz = _kHz.Spread(_seenTicks),
            IdleTicks = idle > _idleTicks ? idle - _idleTicks : 0,
        });
        _stepGlance = _glance;
        _idleTicks = idle;

        // The grid stays; a step in which nobody looked is left out.
        _stepTsc += (tsc - _stepTsc) / _stepTicks * _stepTicks;
        _lastTsc = tsc;
        Clear();
    }

    private void Clear()
    {
        _seenTicks = 0;
        _backlog.Clear();
        _oldest.Clear();
        _kHz.Clear();
    }
}
