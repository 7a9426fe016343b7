using System.Collections.Concurrent;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Patience;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>
/// Opens the pCPUs of a policy beyond those that are open. One that hangs delays the others by <see cref="Patience"/> only, and is had by a later
/// call once it has answered. For one thread at a time.
/// </summary>
internal sealed class PcpuOpener(HostFrequencyOptions options)
{
    /// <summary>How long one pCPU may take: many times what a slow firmware needs for some twenty files.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly PatientSweep<int> _sweep = new("open", Patience);
    private readonly ConcurrentDictionary<int, OpenedPcpu> _answers = [];
    private readonly Lock _gate = new();
    private bool _ended;

    /// <summary>Opens what is not open.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="open">What the policy in force has open.</param>
    /// <returns>Every pCPU of the policy; those in <paramref name="open"/> stay the same where they need not be opened another way.</returns>
    public IReadOnlyDictionary<int, OpenedPcpu> Open(HostPolicy policy, IReadOnlyDictionary<int, OpenedPcpu> open)
    {
        HashSet<int> changed = [.. policy.Guests.Where(g => policy.Grants(g, emulated: false)).SelectMany(g => g.Vcpus).Select(v => v.Pcpu), .. policy.Pcpus.Where(p => p.Rest.Kind != PStateChoiceKind.Keep).Select(p => p.Pcpu)];
        int[] named = [.. policy.Guests.SelectMany(g => g.Vcpus).Select(v => v.Pcpu).Concat(policy.Pcpus.Select(p => p.Pcpu)).Distinct()];
        if (options.ByCore)
        {
            _sweep.Run(named.Where(pCpu => !_answers.ContainsKey(pCpu)), pCpu => Look(pCpu, changed, open.GetValueOrDefault(pCpu)), options.Ending);
        }
        else
        {
            Array.ForEach(named, pCpu => Look(pCpu, changed, open.GetValueOrDefault(pCpu)));
        }

        return named.ToDictionary(pCpu => pCpu, pCpu => Take(pCpu, changed, open.GetValueOrDefault(pCpu)));
    }

    /// <summary>Closes what comes from now on.</summary>
    /// <returns>What came late and nobody has taken: the caller's to close.</returns>
    public IReadOnlyList<IFrequencyBackend> End()
    {
        lock (_gate)
        {
            _ended = true;
        }

        List<IFrequencyBackend> left = [];
        foreach (int pCpu in _answers.Keys)
        {
            if (_answers.TryRemove(pCpu, out OpenedPcpu? late) && late.Backend is not null)
            {
                left.Add(late.Backend);
            }
        }

        return left;
    }

    private OpenedPcpu Take(int pCpu, HashSet<int> changed, OpenedPcpu? former)
    {
        if (_answers.TryRemove(pCpu, out OpenedPcpu? answer))
        {
            // A late one may be of a policy that wanted it another way.
            if (answer.Backend is null || answer.Backend == former?.Backend || answer.IsViewed == IsViewed(pCpu, answer.Siblings, changed))
            {
                return answer;
            }

            answer.Backend.Dispose();
        }

        return former?.Backend is not null ? former
            : new OpenedPcpu(pCpu, [pCpu], false, null, options.Ending.IsCancellationRequested
                ? "hoststub was told to end."
                : $"its files have not answered for {Patience.TotalSeconds:0} s.");
    }

    private bool IsViewed(int pCpu, int[] siblings, HashSet<int> changed) => options.View is not null && !changed.Overlaps(siblings) && !changed.Contains(pCpu);

    private void Look(int pCpu, HashSet<int> changed, OpenedPcpu? former)
    {
        OpenedPcpu found = Find(pCpu, changed, former);
        lock (_gate)
        {
            if (!_ended)
            {
                _answers[pCpu] = found;
                return;
            }
        }

        if (found.Backend != former?.Backend)
        {
            found.Backend?.Dispose();
        }
    }

    private OpenedPcpu Find(int pCpu, HashSet<int> changed, OpenedPcpu? former)
    {
        int[] all;
        try
        {
            all = [.. options.SiblingsOf(pCpu)];
        }
        catch (Exception e)
        {
            return former?.Backend is not null ? former : Unusable(pCpu, e);
        }

        try
        {
            bool viewed = IsViewed(pCpu, all, changed);
            IFrequencyBackend backend = former?.Backend is IFrequencyBackend open && former.IsViewed == viewed ? open : viewed ? options.View!(pCpu) : options.Open(pCpu);
            return new OpenedPcpu(pCpu, all.Contains(pCpu) ? all : [pCpu], viewed, backend, null);
        }
        catch (Exception e)
        {
            return Unusable(pCpu, e);
        }
    }

    // Whatever a backend's driver throws: this pCPU cannot be used, others may be.
    private static OpenedPcpu Unusable(int pCpu, Exception e) => new(pCpu, [pCpu], false, null, e.Message);
}
