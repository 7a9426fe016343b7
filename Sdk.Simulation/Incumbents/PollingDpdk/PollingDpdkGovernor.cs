using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// The Kubernetes Power Manager's scaling of polling DPDK workloads (workloadType polling-dpdk, OpenShift's fork): each 20 ms a frequency in
/// proportion to the busy cycles of the last 10 ms, aimed at 80 % of them; after a change it looks away for 60 ms.
/// </summary>
/// <remarks>
/// After docs/dpdk-dynamic-scaling.md and internal/scaling (updater, worker, dpdk_client) of openshift-kni/kubernetes-power-manager. Busy
/// cycles are the application's own count (DPDK's /eal/lcore/usage): here the time not spent in empty polls. A frequency between two
/// P-states takes the faster, as cpufreq's userspace governor does. Left out: that the window and the looks are timers of two threads
/// of another process, and what follows where telemetry fails. It runs on the host and reaches pods, not VMs.
/// </remarks>
internal sealed class PollingDpdkGovernor : IGovernor
{
    private readonly PStateTable _pStates;
    private readonly PollingDpdkRule _rule;
    private readonly LoadWindow _window;
    private readonly double _sampleTicks;
    private readonly double _cooldownTicks;
    private double _untilLook;
    private int _target;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PollingDpdkGovernor(GovernorContext context, PollingDpdkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        options ??= new PollingDpdkOptions();
        options.Validate();
        _pStates = context.PStates;
        _rule = new PollingDpdkRule(options, (int)_pStates[_pStates.SlowestAllowed], (int)_pStates[_pStates.FastestAllowed]);
        _window = new LoadWindow(context, options.Window);
        _sampleTicks = context.Ticks(options.SamplePeriod);
        _cooldownTicks = context.Ticks(options.CooldownPeriod);
        _untilLook = _sampleTicks;
        _target = _pStates.FastestAllowed;
    }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        _window.Observe(sample);
        _untilLook -= sample.ElapsedTicks;
        if (_untilLook <= 0)
        {
            int granted = Math.Clamp(sample.PState, 0, _pStates.Count - 1);
            int? kHz = _rule.Look((int)Math.Clamp(_window.Load, 0, 100), (int)_pStates[granted]);
            _target = kHz is int set ? _pStates.Clamp(_pStates.SlowestAtLeast(set)) : _target;
            _untilLook = kHz is null ? _sampleTicks : _cooldownTicks;
        }

        return new ScalingDecision(_target);
    }
}
