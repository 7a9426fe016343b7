using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <summary>
/// A policy in force: the services of all its vCPUs, the cores they share, and the backends. Services may be called by any thread;
/// the members here too, but they block and are not for a vCPU's thread.
/// </summary>
internal sealed class HostFrequency : IDisposable
{
    private const int NotesPerSecond = 10; // of one vCPU for one reason

    private readonly HostFrequencyOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Guest, int Vcpu), VcpuService> _services = [];
    private readonly Dictionary<string, GuestBudget> _budgets = [];
    private readonly Dictionary<int, Core> _cores = [];
    private PolicyPlan? _plan;
    private ulong _nextPinCheck;
    private ulong _nextFollow;
    private string? _unfit;

    /// <summary>Puts a policy in force; every pCPU goes to its rest.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="options">The host.</param>
    /// <param name="tsc">TSC now.</param>
    /// <exception cref="PolicyException">The policy does not fit this host.</exception>
    public HostFrequency(HostPolicy policy, HostFrequencyOptions options, ulong tsc)
    {
        _options = options;
        Policy = policy;
        PutInForce(policy, tsc);
    }

    /// <summary>The policy in force.</summary>
    public HostPolicy Policy { get; private set; }

    /// <summary>The service of one vCPU; the same one as long as this lives.</summary>
    /// <exception cref="ArgumentException">No policy so far named this vCPU.</exception>
    public VcpuService ServiceFor(string guest, int vcpu)
    {
        lock (_gate)
        {
            return _services.GetValueOrDefault((guest, vcpu))
                ?? throw new ArgumentException($"The policy names no vCPU {vcpu} of a guest {guest}.", nameof(vcpu));
        }
    }

    /// <summary>A guest left: its wishes are withdrawn. It may come back through the same services.</summary>
    public void Release(string guest, ulong tsc) => Withdraw(key => key.Guest == guest, tsc);

    /// <summary>One vCPU of a guest left: its wish is withdrawn.</summary>
    public void Release(string guest, int vcpu, ulong tsc) => Withdraw(key => key == (guest, vcpu), tsc);

    /// <summary>
    /// What time brings: wishes of silent vCPUs are withdrawn, backends advance, those that failed are tried again, and about once a
    /// second the pinning is checked. Call it several times a second.
    /// </summary>
    public void Tick(ulong tsc)
    {
        lock (_gate)
        {
            foreach (VcpuService service in _services.Values)
            {
                service.CheckSilence(tsc);
                service.FlushNotes(tsc);
            }

            if (tsc >= _nextPinCheck)
            {
                CheckPinning(tsc);
            }

            Reconcile(tsc);
            FollowBackends(tsc);
        }
    }

    /// <summary>Puts another policy in force. Wishes stay where it lets them, within its bounds, at once.</summary>
    /// <returns>pCPUs of cores whose backend failed; <see cref="Tick"/> tries them again.</returns>
    /// <exception cref="PolicyException">The policy does not fit this host; the one in force stays.</exception>
    public IReadOnlyList<int> Update(HostPolicy policy, ulong tsc)
    {
        lock (_gate)
        {
            foreach (IFrequencyBackend backend in _plan?.Backends.Values ?? Enumerable.Empty<IFrequencyBackend>())
            {
                backend.Renew(tsc);
            }

            IReadOnlyList<int> failed = PutInForce(policy, tsc);
            Policy = policy;
            return failed;
        }
    }

    /// <summary>Notes what is left for the audit, and closes the backends.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (VcpuService service in _services.Values)
            {
                service.FlushNotes(ulong.MaxValue);
            }

            foreach (IFrequencyBackend backend in _plan?.Backends.Values ?? Enumerable.Empty<IFrequencyBackend>())
            {
                backend.Dispose();
            }

            _plan = null;
        }
    }

    private IReadOnlyList<int> PutInForce(HostPolicy policy, ulong tsc)
    {
        PolicyPlan plan = PolicyPlan.Make(policy, _options, _plan);
        foreach ((int key, List<ManagedPcpu> pCpus) in plan.Cores)
        {
            _cores.TryAdd(key, new Core());
            _cores[key].Shape(pCpus);
        }

        foreach (GuestPolicy guest in policy.Guests)
        {
            if (!_budgets.TryAdd(guest.Name, new GuestBudget(guest.CallsPerSecond, guest.Burst, _options.TscHz)))
            {
                _budgets[guest.Name].Resize(guest.CallsPerSecond, guest.Burst, tsc);
            }
        }

        HashSet<(string, int)> named = [];
        foreach ((GuestPolicy guest, VcpuPolicy vcpu, PStateTable table) in plan.Vcpus)
        {
            named.Add((guest.Name, vcpu.Vcpu));
            Bind(guest, vcpu, table, _cores[plan.CoreOf(vcpu.Pcpu)], plan.Backends[vcpu.Pcpu].Emulated, tsc);
        }

        foreach (((string, int) key, VcpuService service) in _services)
        {
            if (!named.Contains(key))
            {
                service.Rebind(null, tsc);
            }
        }

        Close(plan);
        CheckPinning(tsc);
        return [.. Reconcile(tsc).SelectMany(key => plan.Cores[key].Select(pCpu => pCpu.Number))];
    }

    // Bounds rose or fell, or a driver brought other P-states: what guests are shown and may have follows. Where the policy does not fit
    // what there is, its cores answer that the backend failed until it does.
    private void FollowBackends(ulong tsc)
    {
        if (_plan is PolicyPlan plan && !plan.Fits() && tsc >= _nextFollow)
        {
            _nextFollow = tsc + (ulong)_options.TscHz;
            try
            {
                PutInForce(Policy, tsc);
                _unfit = null;
            }
            catch (PolicyException e) when (e.Message == _unfit)
            {
            }
            catch (PolicyException e)
            {
                _unfit = e.Message;
                _options.Notice?.Invoke($"The P-states of this machine changed, and the policy does not fit them: {e.Message}");
            }
        }
    }

    private void Bind(GuestPolicy guest, VcpuPolicy vcpu, PStateTable table, Core core, bool emulated, ulong tsc)
    {
        if (!_services.TryGetValue((guest.Name, vcpu.Vcpu), out VcpuService? service))
        {
            NoteLimiter? notes = _options.Audit is IDecisionAudit audit ? new NoteLimiter(audit, (ulong)(_options.TscHz / NotesPerSecond)) : null;
            service = new VcpuService(guest.Name, vcpu.Vcpu, _budgets[guest.Name], notes, table);
            _services.Add((guest.Name, vcpu.Vcpu), service);
        }

        ulong silence = guest.Silence is TimeSpan time ? (ulong)(time.TotalSeconds * _options.TscHz) : ulong.MaxValue;
        FrequencyPolicy rule = new(table, guest.Control, vcpu.Vcpu, guest.Queries);
        service.Emulated = emulated;
        service.Rebind(new VcpuBinding(core, new Seat(vcpu.Pcpu), rule, guest.Control, silence, guest.Process), tsc);
    }

    // No seat is left on what this closes.
    private void Close(PolicyPlan plan)
    {
        foreach (int key in _cores.Keys.Except(plan.Cores.Keys).ToArray())
        {
            _cores[key].Shape([]);
            _cores.Remove(key);
        }

        foreach (IFrequencyBackend backend in _plan?.Backends.Values.Except(plan.Backends.Values) ?? [])
        {
            backend.Dispose();
        }

        _plan = plan;
    }

    private List<int> Reconcile(ulong tsc)
    {
        List<int> failed = [];
        foreach ((int key, Core core) in _cores)
        {
            if (!core.Reconcile(tsc))
            {
                failed.Add(key);
            }
        }

        return failed;
    }

    private void CheckPinning(ulong tsc)
    {
        _nextPinCheck = tsc + (ulong)_options.TscHz;
        foreach (((_, int vcpu), VcpuService service) in _services)
        {
            if (service.Binding is VcpuBinding binding)
            {
                service.SetPinned(binding.Process is not string process || _options.IsPinned(process, vcpu, binding.Seat.Pcpu), tsc);
            }
        }
    }

    private void Withdraw(Func<(string Guest, int Vcpu), bool> leaves, ulong tsc)
    {
        lock (_gate)
        {
            foreach (((string, int) key, VcpuService service) in _services)
            {
                if (leaves(key))
                {
                    service.Withdraw(DecisionReason.GuestGone, tsc);
                }
            }
        }
    }
}
