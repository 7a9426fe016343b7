using System.Collections.Concurrent;
using PollScale.HostStub.Policy.Patience;

namespace PollScale.HostStub.Daemon;

/// <summary>Watches that the channels' paths still lead here, and makes lost ones anew. On a thread that may take its time: a path is on whatever file system its users chose.</summary>
internal sealed class PathWatch(ChannelServer server, Action<string> notice, CancellationToken ending)
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
        foreach (ServedChannel channel in hanging.Where(_hanging.Add))
        {
            notice($"{Name(channel)}: its folder has not answered for {Patience.TotalSeconds:0} s.");
        }

        _hanging.IntersectWith(hanging);
    }

    private static string Name(ServedChannel channel) => $"{channel.Binding.GuestName} vCPU {channel.Binding.Vcpu} ({channel.Binding.Endpoint.Name})";

    private void Check(ServedChannel channel)
    {
        string? lost = channel.Binding.Endpoint.Lost();
        string? before = channel.PathProblem;
        if (lost is null)
        {
            channel.PathProblem = null;
            if (before is not null)
            {
                notice($"{Name(channel)}: its path is as it should be again.");
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
                notice($"{Name(channel)}: {lost}; it is made anew.");
            }
            else if (before is null)
            {
                notice($"{Name(channel)}: {lost}, and cannot be made anew so far. {problem}");
            }
        });
        if (!served)
        {
            _renewing.TryRemove(channel, out _);
        }
    }
}
