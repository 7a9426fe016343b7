using Microsoft.Extensions.Logging;
using PollScale.Cpufreq;

namespace PollScale.HostStub.Frequency.Cpufreq;

/// <summary>This machine's cpufreq for many pCPUs. A cpufreq policy is taken over once, whichever of its pCPUs are asked for, and given back with the last of them.</summary>
/// <remarks>For one thread at a time.</remarks>
/// <param name="root">Folder that holds "cpufreq"; null for the kernel's.</param>
/// <param name="leaseFolder">Folder for the leases; null for the usual one.</param>
/// <param name="tscHz">TSC ticks a second.</param>
/// <param name="tsc">TSC now.</param>
/// <param name="log">Told what the user should know.</param>
internal sealed class CpufreqHost(string? root, string? leaseFolder, double tscHz, Func<ulong> tsc, ILogger log)
{
    private readonly CpufreqTree _tree = new(root ?? CpufreqTree.DefaultRoot);
    private readonly Dictionary<int, Taken> _taken = [];

    /// <summary>The online CPUs whose frequency changes together with a pCPU's, itself among them; the pCPU alone where no policy drives it.</summary>
    public IReadOnlyList<int> DomainOf(int pCpu)
    {
        try
        {
            return _tree.Read(_tree.PolicyOf(pCpu)).OnlineCpus;
        }
        catch (CpufreqException)
        {
            return [pCpu]; // opening it says what is wrong
        }
    }

    /// <summary>Takes a pCPU's policy over.</summary>
    /// <exception cref="CpufreqException">It cannot be controlled; nothing stays changed.</exception>
    public IFrequencyBackend Open(int pCpu)
    {
        int policy = _tree.PolicyOf(pCpu);
        if (!_taken.TryGetValue(policy, out Taken? taken))
        {
            CpufreqOptions options = new() { Root = _tree.Root, Cpu = pCpu, LeaseFolder = leaseFolder };
            _taken.Add(policy, taken = new Taken(CpufreqBackend.Open(options, tscHz, tsc(), log)));
        }

        taken.Users++;
        return new SharedBackend(taken.Backend, () => Leave(policy, taken));
    }

    /// <summary>Looks at a pCPU without taking anything over.</summary>
    /// <exception cref="CpufreqException">Its policy cannot be read.</exception>
    public IFrequencyBackend View(int pCpu) => new CpufreqView(_tree.Read(_tree.PolicyOf(pCpu)), tscHz);

    private void Leave(int policy, Taken taken)
    {
        if (--taken.Users > 0)
        {
            return;
        }

        _taken.Remove(policy);
        taken.Backend.Dispose();
        foreach (string finding in taken.Backend.Findings())
        {
            CpufreqEvents.FrequencyFound(log, finding);
        }
    }

    private sealed class Taken(CpufreqBackend backend)
    {
        public CpufreqBackend Backend => backend;

        public int Users { get; set; }
    }
}
