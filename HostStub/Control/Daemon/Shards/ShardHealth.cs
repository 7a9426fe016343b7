using Microsoft.Extensions.Logging;

namespace PollScale.HostStub.Daemon.Shards;

/// <summary>Sees shards whose threads have not come back for long: told when it begins and when it ends.</summary>
/// <param name="server">The server.</param>
/// <param name="isExplained">True when a shard's thread waits for a core's files: slow or hung, but no defect of this program.</param>
/// <param name="log">Takes what the operator should know.</param>
internal sealed class ShardHealth(ChannelServer server, Func<int, bool> isExplained, ILogger log)
{
    /// <summary>A thread that is at work for so long, in ms, hangs.</summary>
    public const long HangMs = 2000;

    private readonly HashSet<ChannelShard> _hanging = [];

    /// <summary>Looks at all of them; several times a second.</summary>
    /// <returns>False when one hangs and nothing explains it: the service manager had better start this process anew.</returns>
    public bool Check()
    {
        bool sound = true;
        foreach (ChannelShard shard in server.Shards)
        {
            long awake = shard.AwakeMs;
            if (awake < HangMs)
            {
                if (_hanging.Remove(shard))
                {
                    DaemonLog.ShardAnswers(log, shard.Name);
                }

                continue;
            }

            bool explained = isExplained(shard.Key);
            sound &= explained;
            if (_hanging.Add(shard))
            {
                if (explained)
                {
                    DaemonLog.FilesHang(log, shard.Name, HangMs / 1000);
                }
                else
                {
                    DaemonLog.ThreadHangs(log, shard.Name, HangMs / 1000);
                }
            }
        }

        return sound;
    }
}
