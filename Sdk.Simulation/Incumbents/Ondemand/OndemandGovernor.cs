using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// Linux's ondemand: load above a threshold goes to the fastest P-state, any other load to the P-state nearest to a frequency in
/// proportion, the slowest at 0 % and the fastest at 100 %.
/// </summary>
/// <remarks>
/// After Documentation/admin-guide/pm/cpufreq.rst and cpufreq_ondemand.c. The kernel sees a polling core 100 % busy and would stay at
/// the fastest; here load is the time not spent in empty polls, which flatters the governor. Its proportion takes no account of the
/// P-state at which the load was seen, as in the kernel.
/// </remarks>
internal sealed class OndemandGovernor : IGovernor
{
    private readonly PStateTable _pStates;
    private readonly OndemandOptions _options;
    private readonly LoadWindow _window;
    private int _periods = 1;
    private int _target;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public OndemandGovernor(GovernorContext context, OndemandOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = options ?? new OndemandOptions();
        _options.Validate();
        _pStates = context.PStates;
        _window = new LoadWindow(context, _options.SamplingPeriod);
        _target = _pStates.FastestAllowed;
    }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        if (!_window.Observe(sample, _periods))
        {
            return new ScalingDecision(_target);
        }

        if (_window.Load > _options.UpThreshold)
        {
            _periods = _target == _pStates.FastestAllowed ? _periods : _options.SamplingDownFactor;
            _target = _pStates.FastestAllowed;
        }
        else
        {
            double min = _pStates[_pStates.Count - 1];
            _periods = 1;
            _target = Nearest(min + (_window.Load / 100 * (_pStates[0] - min)));
        }

        return new ScalingDecision(_target);
    }

    private int Nearest(double kHz)
    {
        int atLeast = _pStates.SlowestAtLeast(kHz);
        int below = _pStates.Clamp(atLeast + 1L);
        return Math.Abs(_pStates[below] - kHz) < Math.Abs(_pStates[atLeast] - kHz) ? below : atLeast;
    }
}
