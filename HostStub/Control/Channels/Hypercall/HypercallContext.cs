using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>What the hypercalls of a guest's VMs are served with.</summary>
/// <param name="Shards">The shards.</param>
/// <param name="Post">Has something done on the regions' thread; from any.</param>
/// <param name="Log">Takes what the operator should know.</param>
/// <param name="Guest">Name of the guest.</param>
/// <param name="Endpoint">Its page, as reports name it.</param>
internal sealed record HypercallContext(ChannelServer Shards, Action<Action> Post, ILogger Log, string Guest, string Endpoint)
{
    /// <summary>What was told of each vCPU that is not observed: not once more for each VM that comes.</summary>
    public Dictionary<int, string> Told { get; } = [];
}
