using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>Linux's conservative: load above one threshold raises the frequency by a step, load below another lowers it by a step.</summary>
/// <remarks>
/// After Documentation/admin-guide/pm/cpufreq.rst and cpufreq_conservative.c: the wanted frequency moves by steps of its own, and the
/// P-state follows, on the way up the fastest not above it, on the way down the slowest not below it. Load is the time not spent in
/// empty polls; the kernel would see a polling core 100 % busy.
/// </remarks>
internal sealed class ConservativeGovernor : IGovernor
{
    private readonly PStateTable _pStates;
    private readonly ConservativeOptions _options;
    private readonly LoadWindow _window;
    private readonly double _stepKHz;
    private double _wantedKHz;
    private int _skipped;
    private int _target;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ConservativeGovernor(GovernorContext context, ConservativeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = options ?? new ConservativeOptions();
        _options.Validate();
        _pStates = context.PStates;
        _window = new LoadWindow(context, _options.SamplingPeriod);
        _target = _pStates.FastestAllowed;
        _wantedKHz = _pStates[_target];
        _stepKHz = _options.FrequencyStep / 100 * _wantedKHz;
    }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        if (_window.Observe(sample))
        {
            Step(_window.Load);
        }

        return new ScalingDecision(_target);
    }

    private void Step(double load)
    {
        if (load > _options.UpThreshold)
        {
            _skipped = 0;
            _wantedKHz = Math.Min(_wantedKHz + _stepKHz, _pStates[_pStates.FastestAllowed]);
            int atLeast = _pStates.SlowestAtLeast(_wantedKHz);
            _target = _pStates[atLeast] <= _wantedKHz ? atLeast : _pStates.Clamp(atLeast + 1L);
            return;
        }

        if (++_skipped < _options.SamplingDownFactor)
        {
            return;
        }

        _skipped = 0;
        if (load < _options.DownThreshold)
        {
            _wantedKHz = Math.Max(_wantedKHz - _stepKHz, _pStates[_pStates.SlowestAllowed]);
            _target = _pStates.SlowestAtLeast(_wantedKHz);
        }
    }
}
