using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>One step at a time: every 100 us one P-state faster above a high backlog, one slower below a low one.</summary>
/// <remarks>
/// In the manner of Niccolini et al., "Building a power-proportional software router" (USENIX ATC'12); the thresholds are ours. From the
/// slowest of n P-states it takes n - 1 intervals to the fastest, whatever the backlog, and loses packets where the ring is shorter.
/// </remarks>
internal sealed class ThresholdGovernor : IGovernor
{
    private readonly PStateTable _pStates;
    private readonly ThresholdOptions _options;
    private readonly double _intervalTicks;
    private BacklogReader _backlog;
    private double _sinceDecision;
    private int _target;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ThresholdGovernor(GovernorContext context, ThresholdOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = options ?? new ThresholdOptions();
        _options.Validate();
        _pStates = context.PStates;
        _intervalTicks = _options.Interval.TotalMilliseconds * context.TscKHz;
        _target = _pStates.FastestAllowed;
    }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        int backlog = _backlog.Read(sample);
        _sinceDecision += sample.ElapsedTicks;
        if (_sinceDecision >= _intervalTicks)
        {
            _sinceDecision = 0;
            int step = backlog > _options.HighBacklog ? -1 : backlog < _options.LowBacklog ? 1 : 0;
            _target = _pStates.Clamp(_target + (long)step);
        }

        return new ScalingDecision(_target);
    }
}
