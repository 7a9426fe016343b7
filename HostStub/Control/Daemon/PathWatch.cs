using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Policy.Patience;

namespace PollScale.HostStub.Daemon;

/// <summary>Watches that the channels' paths still lead here, and makes lost ones anew. On a thread that may take its time: a path is on whatever file system its users chose.</summary>
/// <param name="paths">The paths there are now.</param>
/// <param name="log">Takes what the operator should know.</param>
/// <param name="ending">Cancelled when the end begins.</param>
internal sealed class PathWatch(Func<IEnumerable<IWatchedPath>> paths, ILogger log, CancellationToken ending)
{
    /// <summary>How long one path may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly PatientSweep<IWatchedPath> _sweep = new("paths", Patience);
    private readonly HashSet<IWatchedPath> _hanging = [];
    private readonly ConcurrentDictionary<IWatchedPath, byte> _renewing = [];

    /// <summary>Looks at all of them; about once a second.</summary>
    public void Check()
    {
        IReadOnlyList<IWatchedPath> hanging = _sweep.Run(paths(), Check, ending);
        foreach (IWatchedPath path in hanging.Where(_hanging.Add))
        {
            DaemonLog.PathHangs(log, path.GuestName, path.Part, path.Endpoint.Name, Patience.TotalSeconds);
        }

        _hanging.IntersectWith(hanging);
    }

    private void Check(IWatchedPath path)
    {
        (string guest, string part, string endpoint) = (path.GuestName, path.Part, path.Endpoint.Name);
        string? lost = path.Endpoint.Lost();
        string? before = path.PathProblem;
        if (lost is null)
        {
            path.PathProblem = null;
            if (before is not null)
            {
                DaemonLog.PathFine(log, guest, part, endpoint);
            }

            return;
        }

        if (!_renewing.TryAdd(path, 0))
        {
            return; // its shard hangs
        }

        bool served = path.TryRenew(problem =>
        {
            _renewing.TryRemove(path, out _);
            path.PathProblem = problem is null ? null : $"{lost}: no guest can connect. It is tried again every second.";
            if (problem is null)
            {
                DaemonLog.PathRenewed(log, guest, part, endpoint, lost);
            }
            else if (before is null)
            {
                DaemonLog.PathLost(log, guest, part, endpoint, lost, problem);
            }
        });
        if (!served)
        {
            _renewing.TryRemove(path, out _);
        }
    }
}
