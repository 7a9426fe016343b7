using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.Hypercall;

namespace PollScale.Tests.Shared.Control;

/// <summary>Eight pCPUs, two hardware threads a core (0 and 1, 2 and 3, ...), with scripted backends.</summary>
internal sealed class HostLab
{
    public const double TscHz = 1e9;

    public static readonly PStateTable Table = new([3_000_000, 2_500_000, 2_000_000, 1_500_000, 1_000_000], 0, 4, 20_000);

    public HostLab() => Options = new HostFrequencyOptions
    {
        Open = pCpu => Backends[pCpu] = new ScriptedBackend(Table, initial: 4),
        TscHz = TscHz,
        SiblingsOf = pCpu => [pCpu & ~1, pCpu | 1],
        Audit = Audit,
    };

    public Dictionary<int, ScriptedBackend> Backends { get; } = [];

    public RecordingAudit Audit { get; } = new();

    public HostFrequencyOptions Options { get; set; }

    public static GuestPolicy Guest(string name, params ReadOnlySpan<int> pCpus)
    {
        VcpuPolicy[] vcpus = new VcpuPolicy[pCpus.Length];
        for (int i = 0; i < vcpus.Length; i++)
        {
            vcpus[i] = new VcpuPolicy { Vcpu = i, Pcpu = pCpus[i] };
        }

        return new GuestPolicy { Name = name, Control = true, CallsPerSecond = 100_000_000, Burst = 1_000_000, Vcpus = vcpus };
    }

    public static PStateChoice Index(int index) => new(PStateChoiceKind.Index, (uint)index, default);

    public static HostPolicy Policy(params GuestPolicy[] guests) => new() { Guests = guests };

    public HostFrequency Start(HostPolicy policy) => new(policy, Options, 0);

    public int InForce(int pCpu) => Backends[pCpu].Requested;
}
