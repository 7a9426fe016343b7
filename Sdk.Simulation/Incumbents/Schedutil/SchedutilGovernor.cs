using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// Linux's schedutil: f = 1.25 * f_max * utilization, the utilization being the load in units of the fastest P-state, averaged as PELT
/// does with a half-life of 32 ms.
/// </summary>
/// <remarks>
/// After kernel/sched/cpufreq_schedutil.c: changes at least a rate limit apart, and no fall while the core was never idle since the
/// last change. PELT's steps of about 1 ms are taken as continuous. Load is the time not spent in empty polls; the kernel would see
/// a polling core 100 % busy. It knows nothing of the backlog, so that a burst fills the ring for tens of ms before it is answered.
/// </remarks>
internal sealed class SchedutilGovernor : IGovernor
{
    private const double UnknownLatencyMs = 1;
    private const double LatencyFactor = 1.5;
    private readonly PStateTable _pStates;
    private readonly SchedutilOptions _options;
    private readonly BusyTime _busyTime;
    private readonly double _tscKHz;
    private readonly double _halfLifeTicks;
    private readonly double _rateLimitTicks;
    private double _sinceChange;
    private bool _idleSeen;
    private int _target;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SchedutilGovernor(GovernorContext context, SchedutilOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = options ?? new SchedutilOptions();
        _options.Validate();
        _pStates = context.PStates;
        _tscKHz = context.TscKHz;
        _halfLifeTicks = _options.HalfLife.TotalMilliseconds * _tscKHz;
        double stated = _pStates.TransitionLatencyNs == 0 ? UnknownLatencyMs : LatencyFactor * _pStates.TransitionLatencyNs / 1e6;
        _rateLimitTicks = (_options.RateLimit?.TotalMilliseconds ?? stated) * _tscKHz;
        _busyTime = new BusyTime(_pStates.Count);
        _target = _pStates.FastestAllowed;
    }

    /// <summary>Utilization, 0 .. 1 of the fastest P-state.</summary>
    public double Utilization { get; private set; }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        int granted = Math.Clamp(sample.PState, 0, _pStates.Count - 1);
        double busy = _busyTime.Observe(sample, granted, _pStates[granted] / _tscKHz);
        double elapsed = sample.ElapsedTicks;
        if (elapsed > 0)
        {
            double share = busy / elapsed * _pStates[granted] / _pStates[0];
            Utilization = share + ((Utilization - share) * Math.Pow(0.5, elapsed / _halfLifeTicks));
        }

        _idleSeen |= sample.EmptyPolls > 0;
        _sinceChange += elapsed;
        int wanted = _pStates.SlowestAtLeast(_options.Headroom * _pStates[0] * Utilization);
        if (_sinceChange >= _rateLimitTicks && (wanted < _target || (wanted > _target && _idleSeen)))
        {
            _target = wanted;
            _sinceChange = 0;
            _idleSeen = false;
        }

        return new ScalingDecision(_target);
    }
}
