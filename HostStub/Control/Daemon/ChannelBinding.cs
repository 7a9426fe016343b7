using PollScale.HostStub.Daemon.Endpoints;
using PollScale.Hypercall;

namespace PollScale.HostStub.Daemon;

/// <summary>One channel to serve, as the operator set it up. Whose frequency a request means follows from here, never from a packet.</summary>
internal sealed record ChannelBinding
{
    /// <summary>Name of the guest; channels of one name are one guest's.</summary>
    public required string GuestName { get; init; }

    /// <summary>The guest's vCPU behind this channel.</summary>
    public required int Vcpu { get; init; }

    /// <summary>vCPUs that the guest is known to have beside those with a channel; 0, the default, for no more.</summary>
    public int GuestVcpus { get; init; }

    /// <summary>The resource_id that requests over this channel carry: the guest's lcore, which librte_power also has in the port's name. Null is <see cref="Vcpu"/>.</summary>
    public int? ResourceId { get; init; }

    /// <summary>The pCPU that the vCPU is pinned to; null where none is known.</summary>
    public int? Pcpu { get; init; }

    /// <summary>Where it was set up, as "file:line:column: "; empty for the command line.</summary>
    public string At { get; init; } = "";

    /// <summary>Where the channel is.</summary>
    public required IChannelEndpoint Endpoint { get; init; }

    /// <summary>Decides and sets; called on its shard's thread.</summary>
    public required IFrequencyService Service { get; init; }

    /// <summary>Whether the guest may ask for frequencies and capabilities of its vCPUs.</summary>
    public bool AllowQueries { get; init; }

    /// <summary>Number of the shard that serves it: channels of one core have one.</summary>
    public int Shard { get; init; }

    /// <summary>What is wrong with its vCPU's pCPU, for reports; from any thread. Null, or null as its result, when nothing is.</summary>
    public Func<string?>? Trouble { get; init; }

    /// <summary>Called on the shard's thread when a peer has gone, before the next one is let in.</summary>
    public Action? Left { get; init; }

    /// <summary>True when a channel made for this one can go on as <paramref name="next"/> without its peer noticing.</summary>
    public bool CanBecome(ChannelBinding next) => GuestName == next.GuestName && Vcpu == next.Vcpu && ResourceId == next.ResourceId
        && Endpoint.Name == next.Endpoint.Name && ReferenceEquals(Service, next.Service);
}
