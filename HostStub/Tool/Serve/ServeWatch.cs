using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Serve;

/// <summary>The thread that looks at what others own: guests' processes, and the paths of channels. It may wait for their files, and nothing waits for it.</summary>
internal sealed class ServeWatch(IServePlan plan, Servers servers, ILogger log, CancellationToken ending)
{
    private const int BacklogEvery = 3; // rounds
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);
    private readonly PathWatch _paths = new(() => servers.Paths, log, ending);
    private readonly Backlog _backlog = new(servers.Channels);

    /// <summary>Watches until the end.</summary>
    public void Run()
    {
        for (int round = 0; !ending.WaitHandle.WaitOne(s_every); round++)
        {
            plan.CheckGuests();
            _paths.Check();
            if (round % BacklogEvery == 0)
            {
                _backlog.Check();
            }
        }
    }
}
