using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy.Configuration;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A policy checked against the host's pCPUs, ready to be put in force; nothing has changed yet.</summary>
internal sealed class PolicyPlan
{
    private readonly HostPolicy _policy;
    private readonly List<PolicyError> _errors = [];
    private readonly Dictionary<int, int> _fastestOfGuests = [];
    private readonly Dictionary<int, AbsentPcpu> _absent = [];
    private readonly Dictionary<int, PStateTable> _tables = [];

    private PolicyPlan(HostPolicy policy, IReadOnlyDictionary<int, OpenedPcpu> pCpus)
    {
        _policy = policy;
        Pcpus = pCpus;
    }

    /// <summary>Every pCPU the policy names, as it was opened.</summary>
    public IReadOnlyDictionary<int, OpenedPcpu> Pcpus { get; }

    /// <summary>The guests.</summary>
    public IReadOnlyList<GuestPolicy> Guests => _policy.Guests;

    /// <summary>Those that can be used, with their backends.</summary>
    public Dictionary<int, IFrequencyBackend> Backends { get; } = [];

    /// <summary>Those that cannot, in the order of the policy.</summary>
    public IReadOnlyCollection<AbsentPcpu> Absent => _absent.Values;

    /// <summary>The pCPUs of each core, by the lowest number among all its siblings.</summary>
    public Dictionary<int, List<ManagedPcpu>> Cores { get; } = [];

    /// <summary>Each vCPU on a pCPU that can be used, with the P-states and limits it gets.</summary>
    public List<(GuestPolicy Guest, VcpuPolicy Vcpu, PStateTable Table)> Vcpus { get; } = [];

    /// <summary>The vCPUs on pCPUs that cannot be used.</summary>
    public List<(GuestPolicy Guest, VcpuPolicy Vcpu)> Stranded { get; } = [];

    /// <summary>Checks a policy against what was opened for it.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="pCpus">Every pCPU of it.</param>
    /// <param name="former">The plan in force; null for none.</param>
    /// <exception cref="PolicyException">It does not fit this host; all that was opened for it is closed again.</exception>
    public static PolicyPlan Make(HostPolicy policy, IReadOnlyDictionary<int, OpenedPcpu> pCpus, PolicyPlan? former)
    {
        PolicyPlan plan = new(policy, pCpus);
        try
        {
            plan.Build();
        }
        catch (PolicyException)
        {
            foreach (OpenedPcpu pCpu in pCpus.Values.Except(former?.Pcpus.Values ?? []))
            {
                if (former?.Backends.ContainsValue(pCpu.Backend!) != true)
                {
                    pCpu.Backend?.Dispose();
                }
            }

            throw;
        }

        return plan;
    }

    /// <summary>Whether a guest may change the P-states of its vCPU's pCPU, one that can be used.</summary>
    public bool Grants(GuestPolicy guest, VcpuPolicy vcpu) => _policy.Grants(guest, Backends[vcpu.Pcpu].Emulated);

    /// <summary>The rule for a vCPU's calls.</summary>
    /// <param name="guest">Its guest.</param>
    /// <param name="vcpu">The vCPU, on a pCPU that can be used.</param>
    /// <param name="table">The P-states and limits it gets.</param>
    public FrequencyPolicy RuleFor(GuestPolicy guest, VcpuPolicy vcpu, PStateTable table)
    {
        bool grants = Grants(guest, vcpu), denied = grants && vcpu.Operator is { Denies: true };
        if (vcpu.Operator is null)
        {
            return new FrequencyPolicy(table, grants, vcpu.Vcpu, guest.Queries);
        }

        PStateTable all = _tables[vcpu.Pcpu];
        return new FrequencyPolicy(table, grants && !denied, vcpu.Vcpu, guest.Queries)
        {
            FastestReason = table.FastestAllowed > all.Clamp(guest.Fastest.NoFasterIn(all)!.Value) ? AuditReason.OperatorBound : AuditReason.BoundFastest,
            SlowestReason = table.SlowestAllowed < all.Clamp(guest.Slowest.NoSlowerIn(all)!.Value) ? AuditReason.OperatorBound : AuditReason.BoundSlowest,
            DeniedReason = denied ? AuditReason.OperatorDenied : AuditReason.NotGranted,
        };
    }

    /// <summary>The core of a pCPU in <see cref="Cores"/>; for one that cannot be used, its own number.</summary>
    public int CoreOf(int pCpu) => Pcpus[pCpu].Siblings.Min();

    /// <summary>The place of a pCPU that cannot be used, and why, for the operator.</summary>
    public string Describe(AbsentPcpu absent) =>
        new PolicyException(_policy.Origin, [absent.Error]).Message;

    /// <summary>True while the backends have the P-states and bounds that it was made for.</summary>
    public bool Fits() => Backends.All(pair => ReferenceEquals(pair.Value.PStates, _tables[pair.Key]));

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
            TryUse(pCpu.Pcpu, pCpu.At);
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
        if (!TryUse(vcpu.Pcpu, vcpu.At))
        {
            Stranded.Add((guest, vcpu));
            return;
        }

        PStateTable table = _tables[vcpu.Pcpu];
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
            (int f, int s) = (table.Clamp(fastest.Value), table.Clamp(slowest.Value));
            (f, s) = vcpu.Operator?.Within(table, f, s) ?? (f, s);
            Vcpus.Add((guest, vcpu, new PStateTable(table.KHz, f, s, table.TransitionLatencyNs)));
            if (Grants(guest, vcpu))
            {
                _fastestOfGuests[vcpu.Pcpu] = Math.Min(f, _fastestOfGuests.GetValueOrDefault(vcpu.Pcpu, int.MaxValue));
            }
        }
    }

    private void PlanPcpu(int pCpu, PcpuPolicy? named)
    {
        PStateTable table = _tables[pCpu];
        int key = CoreOf(pCpu);
        if (!Cores.TryGetValue(key, out List<ManagedPcpu>? core))
        {
            Cores[key] = core = [];
        }
        else if (!core[0].Table.KHz.SequenceEqual(table.KHz) || core.Count == Core.MaxPcpus)
        {
            Complain(named?.At ?? default, $"pCPUs {core[0].Number} and {pCpu} are SMT siblings but have different P-states: {Describe(core[0].Table)}, and {Describe(table)}");
            return;
        }

        core.Add(new ManagedPcpu(pCpu, Backends[pCpu], Rest(pCpu, named, table), table));
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

    private bool TryUse(int pCpu, FilePosition at)
    {
        OpenedPcpu opened = Pcpus[pCpu];
        if (opened.Backend is null)
        {
            _absent.TryAdd(pCpu, new AbsentPcpu(pCpu, at, opened.Problem!));
            return false;
        }

        if (Backends.TryAdd(pCpu, opened.Backend))
        {
            _tables.Add(pCpu, opened.Backend.PStates);
        }

        return true;
    }

    private void Complain(FilePosition at, string text) => _errors.Add(new PolicyError(at, text));

    private static string Describe(PStateTable table) =>
        $"P-states 0 ({table[0] / 1000.0:0.###} MHz) to {table.Count - 1} ({table[table.Count - 1] / 1000.0:0.###} MHz)";
}
