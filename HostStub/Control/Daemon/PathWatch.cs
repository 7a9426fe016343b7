using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Policy.Patience;

namespace PollScale.HostStub.Daemon;

/// <summary>Watches that the channels' paths still lead here, and makes lost ones anew. On a thread that may take its time: a path is on whatever file system its users chose.</summary>
internal sealed class PathWatch(ChannelServer server, ILogger log, CancellationToken ending)
{
    /// <summary>How long one path may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly PatientSweep<ServedChannel> _sweep = new("paths", Patience);
    private readonly HashSet<ServedChannel> _hanging = [];
    private readonly ConcurrentDictionary<ServedChannel, byte> _renewing = [];

    /// <summary>Looks at all of them; about once a second.</summary>
    public void Check()
    {
        IReadOnlyList<ServedChannel> hanging = _sweep.Run(server.Channels, Check, ending);
        foreach (ChannelBinding binding in hanging.Where(_hanging.Add).Select(channel => channel.Binding))
        {
            DaemonLog.PathHangs(log, binding.GuestName, binding.Vcpu, binding.Endpoint.Name, Patience.TotalSeconds);
        }

        _hanging.IntersectWith(hanging);
    }

    private void Check(ServedChannel channel)
    {
        (string guest, int vcpu, string endpoint) = (channel.Binding.GuestName, channel.Binding.Vcpu, channel.Binding.Endpoint.Name);
        string? lost = channel.Binding.Endpoint.Lost();
        string? before = channel.PathProblem;
        if (lost is null)
        {
            channel.PathProblem = null;
            if (before is not null)
            {
                DaemonLog.PathFine(log, guest, vcpu, endpoint);
            }

            return;
        }

        if (!_renewing.TryAdd(channel, 0))
        {
            return; // its shard hangs
        }

        bool served = server.Renew(channel, problem =>
        {
            _renewing.TryRemove(channel, out _);
            channel.PathProblem = problem is null ? null : $"{lost}: no guest can connect. It is tried again every second.";
            if (problem is null)
            {
                DaemonLog.PathRenewed(log, guest, vcpu, endpoint, lost);
            }
            else if (before is null)
            {
                DaemonLog.PathLost(log, guest, vcpu, endpoint, lost, problem);
            }
        });
        if (!served)
        {
            _renewing.TryRemove(channel, out _);
        }
    }
}
