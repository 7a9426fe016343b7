using System.Text.Json;
using Microsoft.Extensions.Logging;
using PollScale.Cpufreq;

namespace PollScale.HostStub.Frequency.Cpufreq;

/// <summary>Tells when changes of a policy begin to fail and when they work again; a policy that goes to and fro is told once in <see cref="SpacingSeconds"/>. For one thread at a time.</summary>
/// <param name="policy">The cpufreq policy's number.</param>
/// <param name="tscHz">TSC ticks a second.</param>
/// <param name="log">Takes the notices.</param>
internal sealed class FailureNotices(int policy, double tscHz, ILogger log)
{
    public const int SpacingSeconds = 10;

    private bool _told;
    private ulong _since;
    private ulong _countedBefore;
    private ulong _notBefore;

    /// <summary>Says how it stands.</summary>
    /// <param name="failing">Why changes fail; null while they work.</param>
    /// <param name="failed">Changes that have failed since the start.</param>
    /// <param name="detail">What was found; asked only for a notice.</param>
    /// <param name="tsc">TSC now.</param>
    public void Tell(CpufreqOutcome? failing, ulong failed, Func<string?> detail, ulong tsc)
    {
        if (failing is CpufreqOutcome outcome)
        {
            if (!_told && tsc >= _notBefore)
            {
                _told = true;
                _since = tsc;
                _notBefore = tsc + (ulong)(SpacingSeconds * tscHz);
                string finding = CpufreqText.Failing(outcome, detail()), name = JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString());
                CpufreqEvents.FrequencyFails(log, policy, finding, name);
            }
        }
        else if (_told)
        {
            _told = false;
            double seconds = Math.Round((tsc - _since) / tscHz, 1);
            CpufreqEvents.FrequencyWorks(log, policy, seconds, failed - _countedBefore);
            _countedBefore = failed;
        }
    }
}
