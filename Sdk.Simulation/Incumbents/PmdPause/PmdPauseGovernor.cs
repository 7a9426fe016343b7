using PollScale.Governors;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// DPDK's power management of poll mode drivers, scheme "pause": more than 512 empty polls in a row, and each further one is followed by a
/// pause of 1 us. The fastest P-state throughout.
/// </summary>
/// <remarks>
/// After lib/power/rte_power_pmd_mgmt.c, one rx queue. TPAUSE sleeps in C0.2, which draws more than C1 does: to reckon with the power of the
/// shallowest idle state flatters it. In a sample of several polls the empty ones are taken to have come last, and one pause to follow them.
/// </remarks>
internal sealed class PmdPauseGovernor : ISleepingGovernor
{
    private readonly ScalingDecision _decision;
    private readonly LcoreSleep _pause;
    private readonly uint _maxEmptyPolls;
    private ulong _emptyPolls;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PmdPauseGovernor(GovernorContext context, PmdPauseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        options ??= new PmdPauseOptions();
        options.Validate();
        _decision = new ScalingDecision(context.PStates.FastestAllowed);
        _pause = options.Tpause ? new LcoreSleep((ulong)context.Ticks(options.Pause), 0, IsPause: true) : default;
        _maxEmptyPolls = options.MaxEmptyPolls;
    }

    /// <inheritdoc/>
    public LcoreSleep Sleep { get; private set; }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        bool packets = sample.Polls > sample.EmptyPolls;
        _emptyPolls = packets ? 0 : Math.Min(_emptyPolls + sample.Polls, uint.MaxValue);
        Sleep = _emptyPolls > _maxEmptyPolls ? _pause : default;
        return _decision;
    }
}
