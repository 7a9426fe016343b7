using System.ComponentModel;
using PollScale.HostStub.Daemon.Shards;

namespace PollScale.HostStub.Daemon;

/// <content>What shards watch beside their channels. Nothing here waits for a shard.</content>
internal sealed partial class ChannelServer
{
    private readonly Dictionary<IShardWatch, ChannelShard> _watchHomes = []; // under the lock of _homes

    /// <summary>Has a shard watch something from now on.</summary>
    /// <param name="watch">What.</param>
    /// <param name="shard">The shard's number.</param>
    /// <param name="failed">Told on its thread when it cannot.</param>
    /// <returns>False while there is no such shard.</returns>
    public bool TryWatch(IShardWatch watch, int shard, Action<Win32Exception> failed)
    {
        lock (_homes)
        {
            if (Array.Find(_working, working => working.Key == shard) is not ChannelShard home)
            {
                return false;
            }

            _watchHomes.Add(watch, home);
            home.Post(_ =>
            {
                try
                {
                    home.Watch(watch);
                }
                catch (Win32Exception e)
                {
                    failed(e);
                }
            });
            return true;
        }
    }

    /// <summary>Number of the shard that watches something; null for none.</summary>
    public int? WatcherOf(IShardWatch watch)
    {
        lock (_homes)
        {
            return _watchHomes.GetValueOrDefault(watch)?.Key;
        }
    }

    /// <summary>Has something watched no longer.</summary>
    /// <param name="watch">What.</param>
    /// <param name="then">Called on the shard's thread when that is so; at once where nobody watches it.</param>
    public void Unwatch(IShardWatch watch, Action then)
    {
        ChannelShard? home;
        lock (_homes)
        {
            _watchHomes.Remove(watch, out home);
        }

        if (home is null)
        {
            then();
            return;
        }

        home.Post(_ =>
        {
            home.Unwatch(watch);
            then();
        });
    }
}
