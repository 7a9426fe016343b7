using System.ComponentModel;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.HostStub.Daemon.Shards;

namespace PollScale.HostStub.Daemon;

/// <content>Another set of channels while it serves.</content>
internal sealed partial class ChannelServer
{
    /// <summary>
    /// Serves another set of channels from now on: those that stay keep their peer, whichever shard they belong to now; the others are closed, new ones
    /// opened; and every shard ticks. Returns when that is done, but for shards that hang: they do it when they come back.
    /// </summary>
    /// <returns>Channels that could not be made, and shards that hang, a sentence each; the next update tries them again.</returns>
    /// <exception cref="ChannelException">Two channels are for one vCPU, descriptors are wanting, or the server has ended; nothing changed.</exception>
    public IReadOnlyList<string> Update(IReadOnlyList<ChannelBinding> bindings)
    {
        lock (_gate)
        {
            Dictionary<string, GuestVcpus> guests = GuestVcpus.Of(bindings);
            if (_ended)
            {
                throw new ChannelException("The channels cannot be changed: the server has ended.");
            }

            int[] others = [.. _options.Shards()];
            MakeShards(bindings, others);
            ShardWork work = new();
            Dictionary<ChannelBinding, ServedChannel> kept = Rearrange(bindings, guests, work); // first of all, for a new channel may have the path of one that goes
            work.Wait(_options.Patience, () => _ended);
            ServedChannel[] channels = [.. bindings.Select(binding => kept.GetValueOrDefault(binding) ?? Add(binding, guests[binding.GuestName], work))];
            foreach (ChannelShard shard in _shards.Values)
            {
                work.Post(shard, _ => shard.Tick()); // what is in force is in force when this returns
            }

            IReadOnlyList<string> hanging = work.Wait(_options.Patience, () => _ended);
            lock (_homes)
            {
                foreach (ServedChannel failed in work.Failed)
                {
                    _homes.Remove(failed);
                }
            }

            _channels = [.. channels.Except(work.Failed)];
            DropShards(bindings, others, work);
            return [.. work.Failures, .. hanging.Select(name => $"{name} has not answered for {_options.Patience.TotalSeconds:0} s: its channels change when it does.")];
        }
    }

    private Dictionary<ChannelBinding, ServedChannel> Rearrange(IReadOnlyList<ChannelBinding> bindings, Dictionary<string, GuestVcpus> guests, ShardWork work)
    {
        Dictionary<(string, int), ChannelBinding> wanted = bindings.ToDictionary(binding => (binding.GuestName, binding.Vcpu));
        Dictionary<ChannelBinding, ServedChannel> kept = new(ReferenceEqualityComparer.Instance);
        lock (_homes)
        {
            foreach ((ServedChannel channel, ChannelShard home) in _homes.ToArray())
            {
                if (!wanted.TryGetValue((channel.Binding.GuestName, channel.Binding.Vcpu), out ChannelBinding? next) || !channel.Binding.CanBecome(next))
                {
                    _homes.Remove(channel);
                    work.Post(home, now => Close(home, channel, now));
                    continue;
                }

                kept.Add(next, channel);
                ChannelShard target = _shards[next.Shard];
                _homes[channel] = target;
                if (target == home)
                {
                    work.Post(home, _ => channel.Rebind(next, guests[next.GuestName]));
                }
                else
                {
                    work.Post(home, _ =>
                    {
                        home.Detach(channel);
                        work.Post(target, now =>
                        {
                            channel.Rebind(next, guests[next.GuestName]);
                            target.Attach(channel, now);
                        });
                    });
                }
            }
        }

        return kept;
    }

    private static void Close(ChannelShard home, ServedChannel channel, long now)
    {
        home.Detach(channel);
        channel.Close(now);
        channel.Dispose();
    }

    private ServedChannel Add(ChannelBinding binding, GuestVcpus guest, ShardWork work)
    {
        ServedChannel channel = new(binding, guest) { Server = this };
        ChannelShard home = _shards[binding.Shard];
        lock (_homes)
        {
            _homes.Add(channel, home);
        }

        work.Post(home, now =>
        {
            try
            {
                channel.Prepare();
                home.Attach(channel, now);
            }
            catch (Exception e) when (e is ChannelException or Win32Exception)
            {
                work.Fail(channel, e.Message);
                channel.Dispose();
            }
        });
        return channel;
    }
}
