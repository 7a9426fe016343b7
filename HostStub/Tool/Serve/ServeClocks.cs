using Microsoft.Extensions.Logging;
using PollScale.Clock;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Serve;

/// <summary>The pCPUs of a policy file and what sets their frequency.</summary>
/// <param name="options">The command line.</param>
/// <param name="audit">Records decisions; null for no record.</param>
/// <param name="log">Told what the operator should know.</param>
/// <param name="ending">Cancelled when the end begins.</param>
internal sealed class ServeClocks(ServeOptions options, AuditLog? audit, ILogger log, CancellationToken ending)
{
    private readonly double _tscHz = TscClock.FrequencyKHz * 1000.0;

    /// <summary>True when the pCPUs' real frequencies are set.</summary>
    public bool AreReal { get; private set; }

    /// <summary>Puts a policy in force.</summary>
    /// <exception cref="PolicyException">The policy does not fit this machine.</exception>
    /// <exception cref="HostUnusableException">None of its pCPUs can be used.</exception>
    public HostFrequency Start(HostPolicy policy)
    {
        if (options.Frequency != FrequencyChoice.Simulated)
        {
            try
            {
                HostFrequency host = new(policy, Real(), TscClock.Now);
                AreReal = true;
                return host;
            }
            catch (HostUnusableException e) when (options.Frequency == FrequencyChoice.Auto)
            {
                string why = e.Message.Split('\n')[0];
                CpufreqEvents.PStatesEmulated(log, why);
            }
        }

        return new HostFrequency(policy, Simulated(), TscClock.Now);
    }

    private HostFrequencyOptions Simulated() => new()
    {
        Open = _ => new SimulatedBackend(options.PStates, _tscHz, TscClock.Now),
        SiblingsOf = new SmtSiblings().Of,
        IsPinned = new VcpuThreads().IsPinned,
        TscHz = _tscHz,
        Audit = audit,
        ByCore = true,
        Log = log,
        Ending = ending,
    };

    private HostFrequencyOptions Real()
    {
        CpufreqDomains domains = new(options.CpufreqRoot, () => new CpufreqHost(options.CpufreqRoot, options.LeaseFolder, _tscHz, () => TscClock.Now, log));
        return Simulated() with { Open = domains.Open, View = domains.View, SiblingsOf = domains.SiblingsOf };
    }
}
