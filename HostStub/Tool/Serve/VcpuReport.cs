using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy.Status;

namespace PollScale.HostStub.Serve;

/// <summary>One vCPU of one guest as everything shows it: status, top, metrics.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Channels">Its ways to this host, each with its counts and latency; none where the policy gives it none.</param>
internal sealed record VcpuReport(VcpuStatus Status, IReadOnlyList<ChannelSnapshot> Channels)
{
    /// <summary>All vCPUs that are served, in the policy's order. From any thread; waits for no core, no file and no reload.</summary>
    public static IReadOnlyList<VcpuReport> All(IServePlan plan, Servers servers)
    {
        ILookup<(string, int), ChannelSnapshot> channels = servers.Reported.Select(ChannelSnapshot.Of).ToLookup(channel => (channel.Guest, channel.Vcpu));
        return [.. plan.Status().Select(status => new VcpuReport(status, [.. channels[(status.Guest, status.Vcpu)]]))];
    }
}
