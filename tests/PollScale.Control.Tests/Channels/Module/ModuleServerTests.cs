using System.Collections.Concurrent;
using PollScale.Clock;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Native;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Module;

/// <summary>Grants are made for whom the policy names, follow VMs and policies, and what the module tells comes to the audit.</summary>
public sealed class ModuleServerTests : IDisposable
{
    private static readonly int s_process = Environment.ProcessId; // lives
    private readonly ConcurrentDictionary<int, ScriptedBackend> _backends = [];
    private readonly RecordingAudit _audit = new();
    private readonly ConcurrentQueue<string> _events = [];
    private readonly HostFrequency _host;
    private readonly ModuleServer _server;
    private volatile FakeModule? _module = new();
    private volatile int _process = s_process;

    public ModuleServerTests()
    {
        _host = new HostFrequency(Policy(2), new HostFrequencyOptions
        {
            Open = pCpu => _backends[pCpu] = new ScriptedBackend(HostLab.Table, initial: 4) { Emulated = false },
            TscHz = TscClock.FrequencyKHz * 1000.0,
            Audit = _audit,
        }, TscClock.Now);
        _server = new ModuleServer(Open, Find, new LineLogger(_events.Enqueue), _ => { });
    }

    public void Dispose()
    {
        _server.Stop(ChannelLab.Patience);
        _server.Dispose();
        _host.Dispose();
    }

    [Fact]
    public void Each_vCPUs_thread_is_granted_what_the_policy_compiles_to()
    {
        Begin(2);
        UntilGranted(2);
        foreach ((VcpuThread thread, int vcpu, var policy) in _module!.Grants.Values)
        {
            Assert.Equal((new VcpuThread(s_process, 1000 + vcpu, 7), vcpu), (thread, policy.Pcpu));
            Assert.True(policy.IsSame(Service(vcpu).Binding!.Compiled));
        }

        Assert.All(_server.Vcpus, vcpu => Assert.Equal((true, null), (vcpu.IsConnected, vcpu.Problem)));
        Assert.Equal(2, _events.Count(line => line.Contains("answered by the kernel module, on thread", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_the_module_tells_is_on_record_and_what_it_lost_is_told()
    {
        Begin(1);
        UntilGranted(1);
        ulong id = _module!.Grants.Keys.Single();
        _module.Tell(id, 2, HostLab.Table[2]);
        _module.Tell(id, 1, HostLab.Table[1], lost: 5);
        ChannelLab.Until(
            () =>
            {
                Service(0).Tick(TscClock.Now); // of many for one reason some are held back
                return Records().Length == 2;
            },
            "no record");
        Assert.All(Records(), record => Assert.Equal(("vm", 0, true), (record.Guest, record.Vcpu, record.InKernel)));
        Assert.Equal((1, 2ul), (Service(0).InForce, _server.Vcpus[0].Counters.Requests));
        Assert.True(TscClock.Now - Records()[0].Tsc < 60 * (ulong)(TscClock.FrequencyKHz * 1000.0));
        ChannelLab.Until(() => _events.Any(line => line.Contains("5 hypercalls that the kernel module answered are not in the audit log", StringComparison.Ordinal)), "nothing is told of lost records");
        ChannelLab.Until(() => _server.Vcpus[0].Answered!.Value.Unrecorded == 5, "they are not counted");
    }

    [Fact]
    public void A_record_that_comes_before_its_grant_is_known_is_given_to_it()
    {
        _module!.Granting = id =>
        {
            _module.Tell(id, 3, HostLab.Table[3]);
            Thread.Sleep(ModuleServer.RecordsMs * 3 / 2); // it is read meanwhile
        };
        Begin(1);
        ChannelLab.Until(() => Records().Length == 1, "the record is lost");
    }

    [Fact]
    public void Without_the_module_the_reason_is_told_once_and_it_is_looked_for()
    {
        FakeModule module = _module!;
        _module = null;
        Begin(1);
        ChannelLab.Until(() => _server.Vcpus[0].Problem == "no module", "nothing is told");
        ChannelLab.Until(() => _events.Count(line => line.Contains("no module", StringComparison.Ordinal)) == 1, "nothing is logged");
        _module = module;
        UntilGranted(1);
        Assert.Single(_events, line => line.Contains("no module", StringComparison.Ordinal));
    }

    [Fact]
    public void A_refusal_is_told_in_words()
    {
        _module!.Refusal = LibC.EOPNOTSUPP;
        Begin(1);
        ChannelLab.Until(() => _server.Vcpus[0].Problem?.Contains("the governor of pCPU 0 is not userspace", StringComparison.Ordinal) == true, "nothing is told");
        Assert.False(Service(0).IsAnsweredInKernel);
    }

    [Fact]
    public void A_VM_that_is_another_by_then_is_granted_nothing()
    {
        _module!.Granting = _ => _process = s_process + 1;
        Begin(1);
        ChannelLab.Until(() => _server.Vcpus[0].Problem?.Contains("ended while it was granted", StringComparison.Ordinal) == true, "it is granted");
        Assert.Empty(_module.Grants);
        Assert.False(Service(0).IsAnsweredInKernel);
    }

    [Fact]
    public void When_the_VM_has_gone_the_next_one_is_granted()
    {
        Begin(1);
        UntilGranted(1);
        ulong first = _module!.Grants.Keys.Single();
        _module.State = new ModuleState(IsLive: false, -1, 0, 0);
        Service(0).Tick(TscClock.Now);
        Assert.False(Service(0).IsAnsweredInKernel);
        Assert.Empty(_module.Grants);
        _module.State = new ModuleState(true, -1, 0, 0);
        UntilGranted(1);
        Assert.NotEqual(first, _module.Grants.Keys.Single());
        Assert.Contains(_events, line => line.Contains("answers its hypercalls no longer", StringComparison.Ordinal));
    }

    [Fact]
    public void A_policy_that_names_nobody_ends_all_and_lets_the_module_go()
    {
        Begin(2);
        UntilGranted(2);
        _host.Update(Policy(0), TscClock.Now);
        Assert.Empty(_module!.Grants);
        _server.Update([]);
        ChannelLab.Until(() => _module.IsDisposed, "it stays open");
        Assert.Empty(_server.Vcpus);
    }

    [Fact]
    public void The_end_ends_all()
    {
        Begin(2);
        UntilGranted(2);
        FakeModule module = _module!;
        _server.Stop(ChannelLab.Patience);
        Assert.True(module.IsDisposed);
        Assert.Empty(module.Grants);
        Service(0).Tick(TscClock.Now);
        Assert.DoesNotContain(Records(), record => record.Reason == AuditReason.GuestGone); // the VM is still there
    }

    private static HostPolicy Policy(int vcpus) =>
        HostLab.Policy(HostLab.Guest("vm", [.. Enumerable.Range(0, vcpus)]) with { Hypercall = HypercallMode.Module }) with { DefaultRest = HostLab.Index(4) };

    private VcpuService Service(int vcpu) => _host.ServiceFor("vm", vcpu);

    private AuditRecord[] Records()
    {
        lock (_audit.Records)
        {
            return [.. _audit.Records];
        }
    }

    private void Begin(int vcpus)
    {
        _server.Update([.. Enumerable.Range(0, vcpus).Select(vcpu => new ModuleBinding { Guest = "vm", Vcpu = vcpu, Pcpu = vcpu, Service = Service(vcpu), Process = Process })]);
        _server.Start();
    }

    private void UntilGranted(int vcpus) => ChannelLab.Until(() => _module!.Grants.Count == vcpus && _server.Vcpus.All(vcpu => vcpu.IsConnected && vcpu.Problem is null), "not granted");

    private IModuleDevice? Open(out string problem)
    {
        problem = "no module";
        return _module;
    }

    private int? Process(out string problem)
    {
        problem = "";
        return _process;
    }

    private static VcpuThread? Find(int process, int vcpu, out string problem)
    {
        problem = "";
        return new VcpuThread(process, 1000 + vcpu, 7);
    }
}
