using System.Collections.Concurrent;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Channels.Region;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Clock;

namespace PollScale.Tests.Shared.Control;

/// <summary>A server of guests' regions, with a scripted backend behind each vCPU. The first vCPU of all guests has one shard, the second another, and so on.</summary>
internal sealed class RegionLab : IDisposable
{
    /// <summary>P-state of a pCPU of which nothing is wished.</summary>
    public const int Rest = 4;

    private readonly ChannelServer _shards;
    private readonly HostFrequency _host;
    private readonly int _vcpus;
    private readonly TemporaryFolder _folder = new();

    public RegionLab(int vcpus = 1, int guests = 1, bool polls = false, DescriptorStore? store = null, Func<int, string?>? refuse = null, string? folder = null, GuestPolicy? policy = null, ObserveThread? observe = null, Func<bool>? answered = null, IHypercallSource? hypercalls = null)
    {
        _vcpus = vcpus;
        Backends = [.. Enumerable.Range(0, guests * vcpus).Select(_ => new ScriptedBackend(ChannelLab.Table))];
        _host = new HostFrequency(
            new HostPolicy { Guests = [.. Enumerable.Range(0, guests).Select(guest => Policy(guest, policy))], DefaultRest = new PStateChoice(PStateChoiceKind.Index, Rest, default) },
            new HostFrequencyOptions { Open = pCpu => Backends[pCpu], TscHz = TscClock.FrequencyKHz * 1000.0, Audit = Audit }, TscClock.Now);
        Services = [.. Enumerable.Range(0, guests * vcpus).Select(seat => _host.ServiceFor(Name(seat / vcpus), seat % vcpus))];
        int[] shards = [0, .. Enumerable.Range(1, vcpus), .. polls ? (int[])[RegionServer.SpinningShard] : []];
        _shards = new ChannelServer([], new ChannelServerOptions { Shards = () => shards, Name = shard => $"shard {shard}", Tick = Tick });
        Bindings = [.. Enumerable.Range(0, guests).Select(guest => new RegionBinding
        {
            Guest = Name(guest),
            Path = Path.Join(folder ?? _folder.Path, $"region{guest}"),
            Polls = polls,
            Refuse = refuse,
            Hypercalls = hypercalls ?? (observe is null ? null : new ObservedHypercalls(observe)),
            IsAnswered = answered ?? (() => false),
            Vcpus = [.. Enumerable.Range(0, vcpus).Select(vcpu => Bind(guest, vcpu))],
        })];
        Server = new RegionServer(Bindings, _shards, new LineLogger(Events.Enqueue), store, _ => { });
        _shards.Start();
        Server.Start();
    }

    public IReadOnlyList<RegionBinding> Bindings { get; }

    public RegionBinding Binding => Bindings[0];

    public RegionServer Server { get; }

    public ChannelServer Shards => _shards;

    /// <summary>What was logged.</summary>
    public ConcurrentQueue<string> Events { get; } = [];

    public RecordingAudit Audit { get; } = new();

    public IReadOnlyList<ScriptedBackend> Backends { get; }

    public IReadOnlyList<VcpuService> Services { get; }

    public IvshmemPeer Connect(int guest = 0) => new(Bindings[guest].Path, _vcpus);

    public void Dispose()
    {
        Server.Stop(ChannelLab.Patience);
        _shards.Stop(ChannelLab.Patience);
        Server.Dispose();
        _shards.Dispose();
        _host.Dispose();
        _folder.Dispose();
    }

    private static string Name(int guest) => $"vm{guest}";

    private GuestPolicy Policy(int guest, GuestPolicy? policy) => (policy ?? OneGuestLab.Generous with { Silence = TimeSpan.FromHours(1) }) with
    {
        Name = Name(guest),
        Control = true,
        Vcpus = [.. Enumerable.Range(0, _vcpus).Select(vcpu => new VcpuPolicy { Vcpu = vcpu, Pcpu = (guest * _vcpus) + vcpu })],
    };

    private RegionVcpuBinding Bind(int guest, int vcpu)
    {
        VcpuService service = Services[(guest * _vcpus) + vcpu];
        return new RegionVcpuBinding(vcpu, (uint)vcpu, (guest * _vcpus) + vcpu, service.Lapsing, 1 + vcpu, () => null, () => service.Withdraw(AuditReason.GuestGone, TscClock.Now)) { Answered = new AnsweredCalls(service) };
    }

    private void Tick(int shard, ulong tsc)
    {
        foreach (VcpuService service in Services.Where((_, seat) => (seat % _vcpus) + 1 == shard))
        {
            service.Tick(tsc);
        }
    }
}
