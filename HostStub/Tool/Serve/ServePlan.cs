using System.Globalization;
using PollScale.Clock;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Channels.Acpi;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Channels.Region;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Shards;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Status;
using PollScale.HostStub.Serve.Operators;

namespace PollScale.HostStub.Serve;

/// <summary>Serves without a policy file: for each channel of the command line a policy of its own, with a simulated pCPU of its own.</summary>
internal sealed class ServePlan : IServePlan
{
    private const int Pcpu = 0; // each host's only one
    private readonly List<IFrequencyBackend> _backends = [];
    private readonly List<HostFrequency> _hosts = [];

    public ServePlan(ServeOptions options)
    {
        double tscHz = TscClock.FrequencyKHz * 1000.0;
        Bindings = [.. options.Channels.Select(spec => Bind(spec, options, tscHz))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChannelBinding> Bindings { get; }

    /// <inheritdoc/>
    public IReadOnlyList<RegionBinding> Regions => [];

    /// <inheritdoc/>
    public IReadOnlyList<AcpiBinding> Ports => [];

    /// <inheritdoc/>
    public IReadOnlyList<ModuleBinding> Granted(Func<string, int?> processOf) => [];

    /// <inheritdoc/>
    public ChannelServerOptions Serving => new()
    {
        Shards = () => [0],
        Tick = Tick,
        Name = shard => string.Create(CultureInfo.InvariantCulture, $"channels {shard}"),
    };

    /// <summary>The pCPU behind each channel, in the same order.</summary>
    public IReadOnlyList<IFrequencyBackend> Backends => _backends;

    /// <inheritdoc/>
    public IReadOnlyList<VcpuStatus> Status() => [.. _hosts.SelectMany(host => host.Status(TscClock.Now)).Select(status => status with { Pcpu = null })];

    /// <inheritdoc/>
    public string? Policy => null;

    /// <inheritdoc/>
    public IReadOnlyList<string> Troubles => [];

    /// <inheritdoc/>
    public AuditCounts? Audit => null;

    /// <inheritdoc/>
    public bool IsAtWork(int shard) => false;

    /// <inheritdoc/>
    public ReloadOutcome Reload(Servers servers) => new(true, "SIGHUP: the channels are given on the command line; there is no file to read again.");

    /// <inheritdoc/>
    public OperatorOutcome Set(OperatorChange change, Servers servers) => OperatorOutcome.Refused("This daemon has no policy file: bounds of its guests are given on its command line.");

    /// <inheritdoc/>
    public void Keep(Servers servers)
    {
    }

    /// <inheritdoc/>
    public void CheckGuests()
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> End()
    {
        _hosts.ForEach(host => host.Dispose());
        return [];
    }

    private void Tick(int shard, ulong tsc)
    {
        if (shard == 0)
        {
            _hosts.ForEach(host => host.TickCore(Pcpu, tsc));
        }
    }

    private ChannelBinding Bind(ChannelSpec spec, ServeOptions options, double tscHz)
    {
        SimulatedBackend backend = new(options.PStates, tscHz, TscClock.Now);
        _backends.Add(backend);
        HostFrequency host = OneGuest.Start(
            options.Guest with { Name = spec.Guest, Vcpus = [new VcpuPolicy { Vcpu = spec.Vcpu, Pcpu = Pcpu }] }, backend, tscHz, TscClock.Now);
        _hosts.Add(host);
        return new ChannelBinding
        {
            GuestName = spec.Guest,
            Vcpu = spec.Vcpu,
            Endpoint = ChannelEndpoints.Make(spec.Kind, spec.Path),
            Service = host.ServiceFor(spec.Guest, spec.Vcpu),
            AllowQueries = options.Guest.Queries,
            Shard = SimulatedShards.Of(spec.Guest),
            Left = () => host.Release(spec.Guest, TscClock.Now),
        };
    }
}
