using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Policy.Patience;
using PollScale.HostStub.Policy.Status;

namespace PollScale.HostStub.Policy;

/// <summary>
/// A policy in force: the services of all its vCPUs, the cores they share, and the backends. Services and <see cref="TickCore"/> may be called by
/// any thread and take no common lock; the other members block each other.
/// </summary>
internal sealed partial class HostFrequency : IDisposable
{
    /// <summary>How long the end waits for the cores to be given back, all at once.</summary>
    public static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private const int NotesPerSecond = 10; // of one vCPU for one reason
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_hang = TimeSpan.FromMilliseconds(500);

    private readonly HostFrequencyOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Guest, int Vcpu), VcpuService> _services = [];
    private readonly Dictionary<string, GuestBudget> _budgets = [];
    private readonly Dictionary<int, Core> _cores = [];
    private readonly PcpuOpener _opener;
    private readonly PinChecks _pins;
    private volatile IReadOnlyDictionary<int, CoreUnit> _units = new Dictionary<int, CoreUnit>();
    private volatile VcpuService[] _loose = [];
    private volatile VcpuService[] _named = [];
    private PolicyPlan? _plan;
    private ulong _nextPinCheck;
    private bool _ended;

    /// <summary>Puts a policy in force; every pCPU goes to its rest.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="options">The host.</param>
    /// <param name="tsc">TSC now.</param>
    /// <exception cref="PolicyException">The policy does not fit this host.</exception>
    /// <exception cref="HostUnusableException">None of its pCPUs can be used.</exception>
    public HostFrequency(HostPolicy policy, HostFrequencyOptions options, ulong tsc)
    {
        _options = options;
        _opener = new PcpuOpener(options);
        _pins = new PinChecks(options);
        Policy = policy;
        try
        {
            PolicyPlan plan = Plan(policy);
            if (plan.Backends.Count == 0 && plan.Absent.Count > 0)
            {
                throw new HostUnusableException(string.Join('\n', plan.Absent.Select(plan.Describe)));
            }

            PutInForce(plan, tsc);
        }
        catch
        {
            foreach (IFrequencyBackend late in _opener.End())
            {
                late.Dispose();
            }

            throw;
        }
    }

    /// <summary>The policy in force.</summary>
    public HostPolicy Policy { get; private set; }

    /// <summary>Its cores, each by the lowest number of its pCPUs.</summary>
    public IEnumerable<int> Cores => _units.Keys;

    /// <summary>pCPUs of cores whose backend failed, or has not come back; their next tick tries them again.</summary>
    public IReadOnlyList<int> Unsettled => [.. _units.Values.Where(unit => !unit.Core.IsSettled || unit.Core.Hangs(s_hang)).SelectMany(unit => unit.Pcpus)];

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

    /// <summary>How each vCPU stands that the policy in force names, in its order. Waits for nothing: no core, no reload; also after the end.</summary>
    /// <param name="tsc">TSC now.</param>
    public IReadOnlyList<VcpuStatus> Status(ulong tsc) => [.. _named.Select(service => service.Status(tsc, _options.TscHz))];

    /// <summary>The core that a pCPU of the policy belongs to; for one that cannot be used, its own number.</summary>
    public int CoreOf(int pCpu)
    {
        lock (_gate)
        {
            return _plan!.CoreOf(pCpu);
        }
    }

    /// <summary>A guest left: its wishes are withdrawn. It may come back through the same services.</summary>
    public void Release(string guest, ulong tsc) => Withdraw(key => key.Guest == guest, tsc);

    /// <summary>One vCPU of a guest left: its wish is withdrawn.</summary>
    public void Release(string guest, int vcpu, ulong tsc) => Withdraw(key => key == (guest, vcpu), tsc);

    /// <summary>
    /// What time brings: wishes of silent vCPUs are withdrawn, backends advance, those that failed are tried again, and about once a
    /// second the pinning is checked. Call it several times a second; for a host whose cores have no threads of their own.
    /// </summary>
    public void Tick(ulong tsc)
    {
        lock (_gate)
        {
            if (tsc >= _nextPinCheck)
            {
                CheckPins(tsc);
            }

            foreach (CoreUnit unit in _units.Values)
            {
                unit.Tick(tsc);
            }

            TickLoose(tsc);
            FollowBackends(tsc);
        }
    }

    /// <summary>What time brings for one core, but for the pinning. Its backend is waited for.</summary>
    public void TickCore(int core, ulong tsc)
    {
        if (_units.TryGetValue(core, out CoreUnit? unit))
        {
            unit.Tick(tsc);
        }
    }

    /// <summary>What time brings for vCPUs without a core.</summary>
    public void TickLoose(ulong tsc)
    {
        foreach (VcpuService service in _loose)
        {
            service.Tick(tsc);
        }
    }

    /// <summary>True while a core's backends do something.</summary>
    public bool IsWorking(int core) => _units.TryGetValue(core, out CoreUnit? unit) && unit.Core.IsWorking;

    /// <summary>Looks whether vCPUs are pinned where the policy asks for it. One whose process files hang counts as not pinned after <see cref="PinChecks.Patience"/>.</summary>
    public void CheckPins() => _pins.Run([.. _units.Values.SelectMany(unit => unit.Services)]);

    /// <summary>Notes what is left for the audit, and closes the backends.</summary>
    public void Dispose() => End();

    /// <summary>As <see cref="Dispose"/>; all cores at once where they have threads of their own, and for <see cref="EndPatience"/> at most.</summary>
    /// <returns>Names of the cores that were not closed in time: what they were to restore is left to whoever opens them next.</returns>
    public IReadOnlyList<string> End()
    {
        bool taken = _gate.TryEnter(_options.ByCore ? s_closePatience / 2 : Timeout.InfiniteTimeSpan); // a reload that hangs keeps nothing from being restored
        try
        {
            _ended = true;
            IReadOnlyList<IFrequencyBackend> late = _opener.End();
            CoreUnit[] units = [.. _units.Values];
            (_units, _plan) = (new Dictionary<int, CoreUnit>(), null);
            Array.ForEach(_loose, service => service.FlushNotes(ulong.MaxValue));
            if (_options.ByCore)
            {
                return Threads.RunAll([.. units.Select(unit => (unit.Name, (Action)unit.Close)), .. late.Select(backend => ("a late pCPU", (Action)backend.Dispose))], EndPatience);
            }

            Array.ForEach(units, unit => unit.Close());
            return []; // without threads of their own, none is late
        }
        finally
        {
            if (taken)
            {
                _gate.Exit();
            }
        }
    }

    private void CheckPins(ulong tsc)
    {
        _nextPinCheck = tsc + (ulong)_options.TscHz;
        CheckPins();
    }

    private void Withdraw(Func<(string Guest, int Vcpu), bool> leaves, ulong tsc)
    {
        lock (_gate)
        {
            foreach (((string, int) key, VcpuService service) in _services)
            {
                if (leaves(key))
                {
                    service.Withdraw(AuditReason.GuestGone, tsc);
                }
            }
        }
    }
}
