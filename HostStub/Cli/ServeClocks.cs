using PollScale.Clock;
using PollScale.Cpufreq;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Cli;

/// <summary>The pCPUs of a policy file and what sets their frequency.</summary>
/// <param name="options">The command line.</param>
/// <param name="audit">Records decisions; null for no record.</param>
/// <param name="notice">Takes what the operator should know.</param>
internal sealed class ServeClocks(ServeOptions options, AuditLog? audit, Action<string> notice)
{
    private readonly double _tscHz = TscClock.FrequencyKHz * 1000.0;
    private string? _unusable;

    /// <summary>Puts a policy in force.</summary>
    /// <exception cref="PolicyException">The policy does not fit this machine.</exception>
    public HostFrequency Start(HostPolicy policy)
    {
        if (options.Frequency != FrequencyChoice.Simulated)
        {
            try
            {
                return new HostFrequency(policy, Real(), TscClock.Now);
            }
            catch (PolicyException) when (options.Frequency == FrequencyChoice.Auto && _unusable is not null)
            {
                notice($"P-states are emulated: {_unusable}");
            }
        }

        return new HostFrequency(policy, Simulated(), TscClock.Now);
    }

    /// <summary>All pCPUs that change speed together with one, as several relations say, each by some of its pairs.</summary>
    public static IReadOnlyList<int> Together(int pCpu, params ReadOnlySpan<Func<int, IReadOnlyList<int>>> relations)
    {
        List<int> found = [pCpu];
        for (int i = 0; i < found.Count; i++)
        {
            foreach (Func<int, IReadOnlyList<int>> relation in relations)
            {
                found.AddRange(relation(found[i]).Except(found).ToArray());
            }
        }

        return found;
    }

    private HostFrequencyOptions Simulated() => new()
    {
        Open = _ => new SimulatedBackend(options.PStates, _tscHz, TscClock.Now),
        SiblingsOf = new SmtSiblings().Of,
        IsPinned = new VcpuThreads().IsPinned,
        TscHz = _tscHz,
        Audit = audit,
        Notice = notice,
    };

    private HostFrequencyOptions Real()
    {
        CpufreqHost cpufreq = new(options.CpufreqRoot, options.LeaseFolder, _tscHz, () => TscClock.Now, notice);
        SmtSiblings smt = new(options.CpufreqRoot ?? CpufreqTree.DefaultRoot);
        return Simulated() with
        {
            Open = pCpu => Try(cpufreq.Open, pCpu),
            View = pCpu => Try(cpufreq.View, pCpu),
            SiblingsOf = pCpu => Together(pCpu, smt.Of, cpufreq.DomainOf),
        };
    }

    private IFrequencyBackend Try(Func<int, IFrequencyBackend> open, int pCpu)
    {
        try
        {
            return open(pCpu);
        }
        catch (CpufreqException e)
        {
            _unusable ??= e.Message;
            throw;
        }
    }
}
