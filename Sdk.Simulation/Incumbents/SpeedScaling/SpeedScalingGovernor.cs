using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;

namespace PollScale.Simulation.Incumbents;

/// <summary>
/// Power in proportion to the queue: the slowest P-state whose power is at least n * beta, with n packets waiting. In continuous terms
/// the speed s with P(s) = n * beta, the inverse of the power function.
/// </summary>
/// <remarks>
/// <para>With instant changes of speed and packets of equal cost, first come first served, this is 2-competitive for mean delay plus
/// energy (Andrew, Wierman, Tang 2009 with P(s) = n; Andrew, Lin, Wierman, SIGMETRICS'10 with P(s) = n * beta); P(s) = n + 1 is
/// 3-competitive for any power function, discrete speeds included (Bansal, Chan, Pruhs, SODA'09).</para>
/// <para>Nothing of this holds for a bound on delay or loss, nor for a slow actuator: with 500 us from a call to its effect the speed answers
/// a queue that is gone, and even constant load ends in a limit cycle between fast and slow, some thousand transitions a second.</para>
/// <para>A backlog worth the fastest P-state asks for a decision at once.</para>
/// </remarks>
internal sealed class SpeedScalingGovernor : IGovernor
{
    private const double DefaultPacketsAtMax = 64;
    private readonly PStateTable _pStates;
    private readonly double[] _packets;
    private readonly int _maxFrom;
    private BacklogReader _backlog;

    /// <summary>Makes a governor.</summary>
    /// <param name="context">What it is made for.</param>
    /// <param name="options">Settings; null takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the power table does not fit the P-states.</exception>
    public SpeedScalingGovernor(GovernorContext context, SpeedScalingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        options ??= new SpeedScalingOptions();
        options.Validate();
        _pStates = context.PStates;
        OptionCheck.Require(
            options.Watts is null || options.Watts.Count == _pStates.Count,
            nameof(SpeedScalingOptions),
            nameof(SpeedScalingOptions.Watts),
            $"of {options.Watts?.Count} values",
            $"of {_pStates.Count}, one for each P-state");
        double max = Power(options, _pStates.FastestAllowed);
        double beta = options.Beta ?? max / (options.PacketsAtMax ?? DefaultPacketsAtMax);
        _packets = [.. Enumerable.Range(0, _pStates.Count).Select(index => Power(options, index) / beta)];
        double needsMax = _pStates.FastestAllowed == _pStates.SlowestAllowed ? ScalingDecision.Never : Math.Floor(_packets[_pStates.FastestAllowed + 1]) + 1;
        _maxFrom = (int)Math.Min(needsMax, ScalingDecision.Never);
    }

    /// <inheritdoc/>
    public ScalingDecision Decide(in QueueSample sample)
    {
        int backlog = _backlog.Read(sample);
        int target = _pStates.SlowestAllowed;
        while (target > _pStates.FastestAllowed && _packets[target] < backlog)
        {
            target--;
        }

        return new ScalingDecision(target, target == _pStates.FastestAllowed ? ScalingDecision.Never : _maxFrom);
    }

    private double Power(SpeedScalingOptions options, int index) => options.Watts is null
        ? Math.Pow(_pStates[index] / (double)_pStates[_pStates.FastestAllowed], options.Alpha)
        : options.Watts[index];
}
