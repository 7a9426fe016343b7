using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Policy;

namespace PollScale.HostStub.Daemon;

/// <summary>One channel to serve, as the operator set it up. Whose frequency a request means follows from here, never from a packet.</summary>
internal sealed record ChannelBinding
{
    /// <summary>Name of the guest; channels of one name are one guest's.</summary>
    public required string GuestName { get; init; }

    /// <summary>The guest's vCPU behind this channel.</summary>
    public required int Vcpu { get; init; }

    /// <summary>The resource_id that requests over this channel carry: the guest's lcore, which librte_power also has in the port's name. Null is <see cref="Vcpu"/>.</summary>
    public int? ResourceId { get; init; }

    /// <summary>Where the channel is.</summary>
    public required IChannelEndpoint Endpoint { get; init; }

    /// <summary>Decides and sets; called on the server's thread.</summary>
    public required IFrequencyService Service { get; init; }

    /// <summary>Whether the guest may ask for frequencies and capabilities of its vCPUs.</summary>
    public bool AllowQueries { get; init; }
}
