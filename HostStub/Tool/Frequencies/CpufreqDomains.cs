using PollScale.Cpufreq;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Frequencies;

/// <summary>
/// This machine's cpufreq, with a <see cref="CpufreqHost"/> for each set of pCPUs that change speed together: threads of different sets do not wait
/// for each other, those of one set take turns.
/// </summary>
/// <param name="root">Folder that holds "cpufreq"; null for the kernel's.</param>
/// <param name="make">Makes a host.</param>
internal sealed class CpufreqDomains(string? root, Func<CpufreqHost> make)
{
    private readonly SmtSiblings _smt = new(root ?? CpufreqTree.DefaultRoot);
    private readonly CpufreqHost _reader = make();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, CpufreqHost> _hosts = [];

    /// <summary>The pCPUs that change speed together with one, itself among them.</summary>
    public IReadOnlyList<int> SiblingsOf(int pCpu) => Together(pCpu, _smt.Of, _reader.DomainOf);

    /// <summary>Takes a pCPU's policy over.</summary>
    /// <exception cref="CpufreqException">It cannot be controlled; nothing stays changed.</exception>
    public IFrequencyBackend Open(int pCpu)
    {
        CpufreqHost host = HostOf(SiblingsOf(pCpu));
        lock (host)
        {
            IFrequencyBackend backend = host.Open(pCpu);
            return new SharedBackend(backend, () =>
            {
                lock (host)
                {
                    backend.Dispose();
                }
            });
        }
    }

    /// <summary>Looks at a pCPU without taking anything over.</summary>
    /// <exception cref="CpufreqException">Its policy cannot be read.</exception>
    public IFrequencyBackend View(int pCpu) => _reader.View(pCpu);

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

    // A sibling that was offline joins those that are open.
    private CpufreqHost HostOf(IReadOnlyList<int> siblings)
    {
        lock (_gate)
        {
            CpufreqHost host = siblings.Select(pCpu => _hosts.GetValueOrDefault(pCpu)).FirstOrDefault(known => known is not null) ?? make();
            foreach (int pCpu in siblings)
            {
                _hosts.TryAdd(pCpu, host);
            }

            return host;
        }
    }
}
