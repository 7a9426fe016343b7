using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy.Configuration;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A policy checked against the host's pCPUs, ready to be put in force; nothing has changed yet.</summary>
internal sealed class PolicyPlan
{
    private readonly HostPolicy _policy;
    private readonly HostFrequencyOptions _options;
    private PolicyPlan? _former;
    private readonly HashSet<int> _changed;
    private readonly HashSet<int> _viewed = [];
    private readonly List<PolicyError> _errors = [];
    private readonly Dictionary<int, int> _fastestOfGuests = [];
    private readonly Dictionary<int, int[]> _siblings = [];
    private readonly Dictionary<int, PStateTable> _tables = [];

    private PolicyPlan(HostPolicy policy, HostFrequencyOptions options, PolicyPlan? former)
    {
        _policy = policy;
        _options = options;
        _former = former;
        _changed = [.. policy.Guests.Where(g => g.Control).SelectMany(g => g.Vcpus).Select(v => v.Pcpu), .. policy.Pcpus.Where(p => p.Rest.Kind != PStateChoiceKind.Keep).Select(p => p.Pcpu)];
    }

    /// <summary>Every pCPU the policy names, with its backend.</summary>
    public Dictionary<int, IFrequencyBackend> Backends { get; } = [];

    /// <summary>The pCPUs of each core, by the lowest number among all its siblings.</summary>
    public Dictionary<int, List<ManagedPcpu>> Cores { get; } = [];

    /// <summary>Each vCPU, with the P-states and limits it gets.</summary>
    public List<(GuestPolicy Guest, VcpuPolicy Vcpu, PStateTable Table)> Vcpus { get; } = [];

    /// <summary>Checks a policy and opens the backends it needs beyond those of the plan in force.</summary>
    /// <exception cref="PolicyException">It does not fit this host; all that was opened for it is closed again.</exception>
    public static PolicyPlan Make(HostPolicy policy, HostFrequencyOptions options, PolicyPlan? former)
    {
        PolicyPlan plan = new(policy, options, former);
        try
        {
            plan.Build();
        }
        catch (PolicyException)
        {
            foreach (IFrequencyBackend backend in plan.Backends.Values.Except(former?.Backends.Values ?? Enumerable.Empty<IFrequencyBackend>()))
            {
                backend.Dispose();
            }

            throw;
        }

        plan._former = null; // plans in force would be a chain without end
        return plan;
    }

    /// <summary>The core of a pCPU in <see cref="Cores"/>.</summary>
    public int CoreOf(int pCpu) => _siblings[pCpu].Min();

    /// <summary>True while the backends have the P-states and bounds that it was made for.</summary>
    public bool Fits()
    {
        foreach ((int pCpu, IFrequencyBackend backend) in Backends)
        {
            if (!ReferenceEquals(backend.PStates, _tables[pCpu]))
            {
                return false;
            }
        }

        return true;
    }

    private void Build()
    {
        foreach (GuestPolicy guest in _policy.Guests)
        {
            foreach (VcpuPolicy vcpu in guest.Vcpus)
            {
                PlanVcpu(guest, vcpu);
            }
        }

        Dictionary<int, PcpuPolicy> rests = _policy.Pcpus.ToDictionary(p => p.Pcpu);
        foreach (PcpuPolicy pCpu in _policy.Pcpus)
        {
            Open(pCpu.Pcpu, pCpu.At);
        }

        foreach (int pCpu in Backends.Keys.Order())
        {
            PlanPcpu(pCpu, rests.GetValueOrDefault(pCpu));
        }

        if (_errors.Count > 0)
        {
            throw new PolicyException(_policy.Origin, _errors);
        }
    }

    private void PlanVcpu(GuestPolicy guest, VcpuPolicy vcpu)
    {
        if (Open(vcpu.Pcpu, vcpu.At) is not IFrequencyBackend backend)
        {
            return;
        }

        PStateTable table = backend.PStates;
        int? fastest = guest.Fastest.NoFasterIn(table), slowest = guest.Slowest.NoSlowerIn(table);
        if (fastest is null)
        {
            Complain(guest.Fastest.At, $"guest {guest.Name}: pCPU {vcpu.Pcpu} has no P-state for fastest: {guest.Fastest}. It has {Describe(table)}");
        }

        if (slowest is null)
        {
            Complain(guest.Slowest.At, $"guest {guest.Name}: pCPU {vcpu.Pcpu} has no P-state for slowest: {guest.Slowest}. It has {Describe(table)}");
        }

        if (fastest > slowest)
        {
            FilePosition at = guest.Slowest.Kind == PStateChoiceKind.Unset ? guest.Fastest.At : guest.Slowest.At;
            Complain(at, $"guest {guest.Name}: on pCPU {vcpu.Pcpu} fastest would be P-state {fastest} and slowest P-state {slowest}, which is faster. It has {Describe(table)}");
        }
        else if (fastest > table.SlowestAllowed || slowest < table.FastestAllowed)
        {
            Complain(vcpu.At, $"guest {guest.Name}: nothing is left between its bounds and those that pCPU {vcpu.Pcpu} is held to, {table[table.SlowestAllowed] / 1000.0:0.###} to {table[table.FastestAllowed] / 1000.0:0.###} MHz");
        }
        else if (fastest is not null && slowest is not null)
        {
            int f = table.Clamp(fastest.Value), s = table.Clamp(slowest.Value);
            Vcpus.Add((guest, vcpu, new PStateTable(table.KHz, f, s, table.TransitionLatencyNs)));
            if (guest.Control)
            {
                _fastestOfGuests[vcpu.Pcpu] = Math.Min(f, _fastestOfGuests.GetValueOrDefault(vcpu.Pcpu, int.MaxValue));
            }
        }
    }

    private void PlanPcpu(int pCpu, PcpuPolicy? named)
    {
        IFrequencyBackend backend = Backends[pCpu];
        int key = CoreOf(pCpu);
        if (!Cores.TryGetValue(key, out List<ManagedPcpu>? core))
        {
            Cores[key] = core = [];
        }
        else if (!core[0].Backend.PStates.KHz.SequenceEqual(backend.PStates.KHz) || core.Count == Core.MaxPcpus)
        {
            Complain(named?.At ?? default, $"pCPUs {core[0].Number} and {pCpu} are SMT siblings but have different P-states: {Describe(core[0].Backend.PStates)}, and {Describe(backend.PStates)}");
            return;
        }

        core.Add(new ManagedPcpu(pCpu, backend, Rest(pCpu, named, backend.PStates)));
    }

    // A pCPU of guests without control that no one gave a rest is left alone.
    private int Rest(int pCpu, PcpuPolicy? named, PStateTable table)
    {
        bool controlled = _fastestOfGuests.TryGetValue(pCpu, out int fastest);
        PStateChoice choice = named?.Rest ?? (controlled ? _policy.DefaultRest : new PStateChoice(PStateChoiceKind.Keep, 0, default));
        switch (choice.Kind)
        {
            case PStateChoiceKind.Keep:
                return PcpuArbiter.Keep;
            case PStateChoiceKind.Unset:
                return fastest;
            default:
                if (choice.NoSlowerIn(table) is int rest)
                {
                    return table.Clamp(rest);
                }

                Complain(choice.At, $"pCPU {pCpu} has no P-state for rest: {choice}. It has {Describe(table)}");
                return PcpuArbiter.Keep;
        }
    }

    private IFrequencyBackend? Open(int pCpu, FilePosition at)
    {
        if (Backends.TryGetValue(pCpu, out IFrequencyBackend? known))
        {
            return known;
        }

        try
        {
            int[] siblings = [.. _options.SiblingsOf(pCpu)];
            bool viewed = _options.View is not null && !_changed.Overlaps(siblings) && !_changed.Contains(pCpu);
            IFrequencyBackend backend = _former is not null && _former._viewed.Contains(pCpu) == viewed && _former.Backends.TryGetValue(pCpu, out IFrequencyBackend? open) ? open
                : viewed ? _options.View!(pCpu) : _options.Open(pCpu);
            if (viewed)
            {
                _viewed.Add(pCpu);
            }

            _siblings[pCpu] = siblings.Contains(pCpu) ? siblings : [pCpu];
            _tables[pCpu] = backend.PStates;
            Backends.Add(pCpu, backend);
            return backend;
        }
        catch (Exception e)
        {
            // Whatever a backend's driver throws: the policy names a pCPU that cannot be used.
            _errors.Add(new PolicyError(at, $"pCPU {pCpu} cannot be used: {e.Message}", IsMachines: true));
            return null;
        }
    }

    private void Complain(FilePosition at, string text) => _errors.Add(new PolicyError(at, text));

    private static string Describe(PStateTable table) =>
        $"P-states 0 ({table[0] / 1000.0:0.###} MHz) to {table.Count - 1} ({table[table.Count - 1] / 1000.0:0.###} MHz)";
}
