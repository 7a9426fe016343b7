using System.Runtime.CompilerServices;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Report;
using PollScale.HostStub.Traffic;
using PollScale.Hypercall;

namespace PollScale.HostStub.Timeline;

/// <summary>Looks at a run each time round the traffic loop, on the traffic thread, and hands over what was in each step; and which P-states took effect, as it is told. Allocates nothing.</summary>
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
    private int _pState, _waiting;
    private volatile bool _begun;

    /// <param name="backend">Has the P-states.</param>
    /// <param name="energy">Knows the one in effect.</param>
    /// <param name="telemetry">What the guest says of itself; null for nothing.</param>
    /// <param name="stepTicks">TSC ticks of a step, 1 or more.</param>
    public TimelineMeter(IFrequencyBackend backend, IEnergySource energy, TelemetryReader? telemetry, ulong stepTicks)
    {
        ArgumentOutOfRangeException.ThrowIfZero(stepTicks);
        _pState = energy.Effective;
        (_backend, _energy, _telemetry, _stepTicks) = (backend, energy, telemetry, stepTicks);
        Clear();
    }

    /// <summary>Steps that are over.</summary>
    public HandOver<TimelineStep> Steps { get; } = new(Room);

    /// <summary>P-state in effect, as was told last.</summary>
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
        _begun = true;
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
        Volatile.Write(ref _waiting, glance.Backlog);
        _backlog.Add((ulong)glance.Backlog, ticks);
        _oldest.Add(glance.OldestTicks, ticks);
        PStateTable pStates = _backend.PStates;
        _kHz.Add(pStates[Math.Min(_energy.Effective, pStates.Count - 1)], ticks);
    }

    /// <summary>A P-state takes effect. From any thread, one at a time; before sending begins it is noted only.</summary>
    /// <param name="pState">The P-state.</param>
    /// <param name="tsc">TSC since which it is in effect.</param>
    public void Effect(int pState, ulong tsc)
    {
        int before = _pState;
        if (pState == before)
        {
            return;
        }

        Volatile.Write(ref _pState, pState);
        if (_begun)
        {
            Effects.Put(new PStateEffect(tsc, before, pState, Volatile.Read(ref _waiting)));
        }
    }

    /// <summary>Nobody looks any more: what was seen of the last step is handed over too.</summary>
    public void Finish()
    {
        if (_begun)
        {
            End(_stepTsc + _stepTicks);
        }
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
