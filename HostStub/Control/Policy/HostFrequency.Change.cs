using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy.Compiled;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Policy.Patience;
using PollScale.Hypercall;

namespace PollScale.HostStub.Policy;

/// <content>One policy after the other.</content>
internal sealed partial class HostFrequency
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    private IReadOnlyList<int> _told = [];
    private bool _misfit;
    private ulong _nextFollow;
    private string? _unfit;

    /// <summary>True while pCPUs that the policy names cannot be used.</summary>
    public bool MissesPcpus => _plan is { Absent.Count: > 0 };

    /// <summary>Puts another policy in force. Wishes stay where it lets them, within its bounds, at once.</summary>
    /// <returns>pCPUs of cores whose backend failed; their next tick tries them again. Where cores have threads of their own, that tick is what applies the policy.</returns>
    /// <exception cref="PolicyException">The policy does not fit this host; the one in force stays.</exception>
    public IReadOnlyList<int> Update(HostPolicy policy, ulong tsc)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return [];
            }

            foreach (CoreUnit unit in _units.Values)
            {
                unit.Core.Renew();
                if (!_options.ByCore)
                {
                    unit.Tick(tsc); // so that the new policy is planned with what there is
                }
            }

            PutInForce(Plan(policy), tsc);
            Policy = policy;
            _misfit = false;
            return _options.ByCore ? [] : Unsettled;
        }
    }

    /// <summary>Tries pCPUs again that could not be used.</summary>
    /// <returns>True when some can now: channels and cores have changed.</returns>
    public bool TryMissing(ulong tsc)
    {
        lock (_gate)
        {
            if (_plan is not PolicyPlan before || before.Absent.Count == 0 || _misfit)
            {
                return false;
            }

            try
            {
                PolicyPlan plan = Plan(Policy);
                if (plan.Backends.Count > before.Backends.Count)
                {
                    PutInForce(plan, tsc);
                    return true;
                }
            }
            catch (PolicyException e)
            {
                _misfit = true; // or it would be taken over and given back every second
                PolicyEvents.PcpuMisfit(_options.Log, e.Message);
            }

            return false;
        }
    }

    /// <summary>
    /// Bounds rose or fell, or a driver brought other P-states: what guests are shown and may have follows. Where the policy does not fit what there
    /// is, its cores answer that the backend failed until it does. Looks at most once a second, at no file.
    /// </summary>
    public void FollowBackends(ulong tsc)
    {
        lock (_gate)
        {
            if (_ended || _plan is not PolicyPlan plan || tsc < _nextFollow || plan.Fits())
            {
                return;
            }

            _nextFollow = tsc + (ulong)_options.TscHz;
            try
            {
                PutInForce(Plan(Policy), tsc);
                _unfit = null;
            }
            catch (PolicyException e) when (e.Message == _unfit)
            {
            }
            catch (PolicyException e)
            {
                _unfit = e.Message;
                PolicyEvents.PStatesMisfit(_options.Log, e.Message);
            }
        }
    }

    private PolicyPlan Plan(HostPolicy policy) => PolicyPlan.Make(policy, _opener.Open(policy, _plan?.Pcpus ?? new Dictionary<int, OpenedPcpu>()), _plan);

    private void PutInForce(PolicyPlan plan, ulong tsc)
    {
        foreach ((int key, List<ManagedPcpu> pCpus) in plan.Cores)
        {
            _cores.TryAdd(key, new Core());
            _cores[key].Shape(pCpus);
        }

        foreach (GuestPolicy guest in plan.Guests)
        {
            if (!_budgets.TryAdd(guest.Name, new GuestBudget(guest.CallsPerSecond, guest.Burst, _options.TscHz)))
            {
                _budgets[guest.Name].Resize(guest.CallsPerSecond, guest.Burst, tsc);
            }
        }

        Dictionary<int, List<VcpuService>> seated = plan.Cores.Keys.ToDictionary(key => key, _ => new List<VcpuService>());
        List<VcpuService> bound = [];
        foreach ((GuestPolicy guest, VcpuPolicy vcpu, PStateTable table) in plan.Vcpus)
        {
            VcpuService service = Bind(plan, guest, vcpu, table, tsc);
            seated[plan.CoreOf(vcpu.Pcpu)].Add(service);
            bound.Add(service);
        }

        HashSet<VcpuService> stranded = [.. plan.Stranded.Select(pair => Service(pair.Guest, pair.Vcpu, VcpuService.NoPStates))];
        VcpuService[] loose = [.. _services.Values.Except(bound)];
        foreach (VcpuService service in loose)
        {
            service.IsStranded = stranded.Contains(service);
            service.Rebind(null, tsc);
        }

        _units = plan.Cores.ToDictionary(pair => pair.Key, pair => new CoreUnit(_cores[pair.Key], pair.Value, [.. seated[pair.Key]]));
        _loose = loose;
        _named = [.. bound, .. stranded];
        Close(plan);
        CheckPins(tsc);
        TellMissing(plan);
        if (!_options.ByCore)
        {
            foreach (CoreUnit unit in _units.Values)
            {
                unit.Tick(tsc);
            }
        }
    }

    private VcpuService Service(GuestPolicy guest, VcpuPolicy vcpu, PStateTable table)
    {
        if (!_services.TryGetValue((guest.Name, vcpu.Vcpu), out VcpuService? service))
        {
            NoteLimiter? notes = _options.Audit is IDecisionAudit audit ? new NoteLimiter(audit, (ulong)(_options.TscHz / NotesPerSecond)) : null;
            service = new VcpuService(guest.Name, vcpu.Vcpu, _budgets[guest.Name], notes, table);
            service.SetPinned(guest.Process is null); // until it is looked at
            _services.Add((guest.Name, vcpu.Vcpu), service);
        }

        return service;
    }

    private VcpuService Bind(PolicyPlan plan, GuestPolicy guest, VcpuPolicy vcpu, PStateTable table, ulong tsc)
    {
        Core core = _cores[plan.CoreOf(vcpu.Pcpu)];
        VcpuService service = Service(guest, vcpu, table);
        ulong silence = guest.Silence is TimeSpan time ? Ticks(time) : ulong.MaxValue;
        FrequencyPolicy rule = plan.RuleFor(guest, vcpu, table);
        service.Emulated = plan.Backends[vcpu.Pcpu].Emulated;
        service.IsStranded = false;
        string? uncompiled = null;
        CompiledPolicy? compiled = guest.IsCompiled ? PolicyCompiler.Compile(plan, guest, vcpu, rule, out uncompiled) : null;
        service.Rebind(
            new VcpuBinding(core, new Seat(vcpu.Pcpu), rule, rule.Granted, silence, Ticks(guest.Silence ?? LapsingCalls.DefaultSilence), guest.Process) { Compiled = compiled, Uncompiled = uncompiled }, tsc);
        return service;
    }

    private ulong Ticks(TimeSpan time) => (ulong)(time.TotalSeconds * _options.TscHz);

    // No seat is left on what this closes.
    private void Close(PolicyPlan plan)
    {
        Dictionary<Core, List<IFrequencyBackend>> closing = [];
        foreach ((int pCpu, IFrequencyBackend backend) in _plan?.Backends ?? [])
        {
            if (!plan.Backends.ContainsValue(backend) && _cores.TryGetValue(_plan!.CoreOf(pCpu), out Core? core))
            {
                closing.TryAdd(core, []);
                closing[core].Add(backend);
            }
        }

        foreach (int key in _cores.Keys.Except(plan.Cores.Keys).ToArray())
        {
            _cores[key].Shape([]);
            _cores.Remove(key);
        }

        (string, Action)[] work = [.. closing.Select(pair => ("close", (Action)(() =>
        {
            while (!pair.Key.IsIdle())
            {
                Thread.Sleep(s_look);
            }

            pair.Value.ForEach(backend => backend.Dispose());
        })))];
        if (!_options.ByCore)
        {
            Array.ForEach(work, pair => pair.Item2());
        }
        else if (Threads.RunAll(work, s_closePatience) is { Count: > 0 } left)
        {
            PolicyEvents.CoresHeld(_options.Log, left.Count);
        }

        _plan = plan;
    }

    // Once for each pCPU, when it begins and when it ends.
    private void TellMissing(PolicyPlan plan)
    {
        foreach (AbsentPcpu absent in plan.Absent.Where(absent => !_told.Contains(absent.Number)))
        {
            string problem = plan.Describe(absent);
            PolicyEvents.PcpuAbsent(_options.Log, problem, absent.Number);
        }

        foreach (int pCpu in _told.Where(plan.Backends.ContainsKey))
        {
            PolicyEvents.PcpuUsable(_options.Log, pCpu);
        }

        _told = [.. plan.Absent.Select(absent => absent.Number)];
    }
}
