namespace PollScale.Simulation.Incumbents;

/// <summary>
/// One look of the Kubernetes Power Manager's worker for a CPU: the current frequency times one plus the gain times the relative distance
/// of usage from its target, cut to the CPU's range, in whole kHz and percent as in the original.
/// </summary>
internal sealed class PollingDpdkRule
{
    private const int NotYetSet = -1;
    private readonly PollingDpdkOptions _options;
    private readonly int _leastKHz;
    private readonly int _mostKHz;
    private int _targetKHz = NotYetSet;

    /// <param name="options">Settings.</param>
    /// <param name="leastKHz">Lowest frequency of the profile.</param>
    /// <param name="mostKHz">Highest frequency of the profile.</param>
    public PollingDpdkRule(PollingDpdkOptions options, int leastKHz, int mostKHz)
    {
        _options = options;
        _leastKHz = leastKHz;
        _mostKHz = mostKHz;
    }

    /// <summary>Looks.</summary>
    /// <param name="usage">Share of busy cycles, 0 .. 100 %.</param>
    /// <param name="currentKHz">Frequency in force.</param>
    /// <returns>The frequency to set, in kHz; null to leave it.</returns>
    public int? Look(int usage, int currentKHz)
    {
        if (Math.Abs(usage - _options.TargetUsage) <= _options.AllowedUsageDifference)
        {
            return null;
        }

        double gain = _options.ScalePercentage / 100.0;
        double wanted = currentKHz * (1.0 + (((usage / (double)_options.TargetUsage) - 1.0) * gain));
        int next = Math.Clamp((int)Math.Clamp(wanted, 0, int.MaxValue), _leastKHz, _mostKHz);
        if (_targetKHz != NotYetSet && Math.Abs(next - _targetKHz) <= _options.AllowedMHz * 1000)
        {
            return null;
        }

        _targetKHz = next;
        return next;
    }
}
