using System.Globalization;
using PollScale.Clock;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Shards;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;

namespace PollScale.HostStub.Cli;

/// <summary>Serves without a policy file: for each channel of the command line a simulated pCPU of its own behind a policy of its own.</summary>
internal sealed class ServePlan : IServePlan
{
    private readonly List<IFrequencyBackend> _backends = [];

    public ServePlan(ServeOptions options)
    {
        double tscHz = TscClock.FrequencyKHz * 1000.0;
        Bindings = [.. options.Channels.Select(spec => Bind(spec, options, tscHz))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChannelBinding> Bindings { get; }

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
    public bool IsAtWork(int shard) => false;

    /// <inheritdoc/>
    public ReloadOutcome Reload(ChannelServer server) => new(true, "SIGHUP: the channels are given on the command line; there is no file to read again.");

    /// <inheritdoc/>
    public void Keep(ChannelServer server)
    {
    }

    /// <inheritdoc/>
    public void CheckGuests()
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> End()
    {
        _backends.ForEach(backend => backend.Dispose());
        return [];
    }

    private void Tick(int shard, ulong tsc)
    {
        if (shard == 0)
        {
            _backends.ForEach(backend => backend.Poll(tsc));
        }
    }

    private ChannelBinding Bind(ChannelSpec spec, ServeOptions options, double tscHz)
    {
        SimulatedBackend backend = new(options.PStates, tscHz, TscClock.Now);
        _backends.Add(backend);
        return new ChannelBinding
        {
            GuestName = spec.Guest,
            Vcpu = spec.Vcpu,
            Endpoint = ChannelEndpoints.Make(spec.Kind, spec.Path),
            Service = new LcoreService(new FrequencyService(options.Policy, backend, tscHz, TscClock.Now)),
            AllowQueries = options.AllowQueries,
            Shard = SimulatedShards.Of(spec.Guest),
        };
    }
}
