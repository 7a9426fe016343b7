using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// DPDK's power management of poll mode drivers, scheme "scale": a poll that returns packets goes to the fastest P-state, more than 512
/// empty polls in a row to the slowest.
/// </summary>
/// <remarks>
/// After lib/power/rte_power_pmd_mgmt.c, which refuses this scheme in a KVM guest. In a sample of several polls the empty ones are taken
/// to have come first. Any backlog at the slowest P-state asks for a decision at once.
/// </remarks>
internal sealed class PmdScaleGovernor : IGovernor
{
    private readonly PStateTable _pStates;
    private readonly uint _maxEmptyPolls;
    private ulong _emptyPolls;
    private int _target;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the default.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PmdScaleGovernor(GovernorContext context, PmdScaleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        options ??= new PmdScaleOptions();
        options.Validate();
        _pStates = context.PStates;
        _maxEmptyPolls = options.MaxEmptyPolls;
        _target = _pStates.FastestAllowed;
    }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        bool packets = sample.Polls > sample.EmptyPolls;
        _emptyPolls = packets ? 0 : Math.Min(_emptyPolls + sample.Polls, uint.MaxValue);
        if (packets)
        {
            _target = _pStates.FastestAllowed;
        }
        else if (_emptyPolls > _maxEmptyPolls)
        {
            _target = _pStates.SlowestAllowed;
        }

        return new ScalingDecision(_target, _target == _pStates.FastestAllowed ? ScalingDecision.Never : 1);
    }
}
