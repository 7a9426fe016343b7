using PollScale.HostStub.Daemon.Protocol;
using PollScale.Native;

namespace PollScale.HostStub.Daemon;

/// <content>Another set of channels while it serves.</content>
internal sealed partial class ChannelServer
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(50);
    private ChannelUpdate? _update;

    /// <summary>
    /// Serves another set of channels from now on, changed on the server's thread: those that stay keep their peer, the others are closed, new ones
    /// opened. Returns when that is done; for one caller at a time, while <see cref="Run"/> runs.
    /// </summary>
    /// <returns>Channels that could not be made, a sentence each; the next update tries them again.</returns>
    /// <exception cref="ChannelException">Two channels are for one vCPU, or the server has ended; nothing changed.</exception>
    public IReadOnlyList<string> Update(IReadOnlyList<ChannelBinding> bindings)
    {
        ChannelUpdate update = new(bindings, GuestVcpus.Of(bindings));
        Volatile.Write(ref _update, update);
        _wake.Set();
        while (true)
        {
            bool ended = _ended;
            if (update.Wait(s_lookAgain) is IReadOnlyList<string> failures)
            {
                return failures;
            }

            if (ended)
            {
                throw new ChannelException("The channels cannot be changed: the server has ended.");
            }
        }
    }

    // Between two waits: no event of an old key is pending.
    private void Apply(ChannelUpdate update, long now)
    {
        Dictionary<(string, int), ChannelBinding> wanted = update.Bindings.ToDictionary(binding => (binding.GuestName, binding.Vcpu));
        Dictionary<ChannelBinding, ServedChannel> kept = new(ReferenceEqualityComparer.Instance);
        foreach (ServedChannel channel in _channels)
        {
            if (wanted.TryGetValue((channel.Binding.GuestName, channel.Binding.Vcpu), out ChannelBinding? next) && channel.Binding.CanBecome(next))
            {
                channel.Rebind(next, update.Guest(next));
                kept.Add(next, channel);
            }
            else
            {
                channel.Close(now); // first of all, for a new channel may have its path
                channel.Dispose();
            }
        }

        List<(ServedChannel Channel, bool IsKept)> channels = [];
        List<string> failures = [];
        foreach (ChannelBinding binding in update.Bindings)
        {
            if (kept.TryGetValue(binding, out ServedChannel? channel))
            {
                channels.Add((channel, true));
            }
            else if (Make(binding, update.Guest(binding), failures) is ServedChannel made)
            {
                channels.Add((made, false));
            }
        }

        _channels = [.. channels.Select(pair => pair.Channel)];
        _waits = new (bool, bool)[_channels.Length];
        for (int i = 0; i < _channels.Length; i++)
        {
            Enter(i, channels[i].IsKept, now);
        }

        _nextCheck = Deadline.After(now, 0);
        update.Finish(failures);
    }

    private ServedChannel? Make(ChannelBinding binding, GuestVcpus guest, List<string> failures)
    {
        ServedChannel channel = new(binding, guest, Latency);
        try
        {
            channel.Prepare();
            return channel;
        }
        catch (ChannelException e)
        {
            failures.Add(e.Message);
            channel.Dispose();
            return null;
        }
    }

    // What waits under another number waits on under the new one.
    private void Enter(int index, bool isKept, long now)
    {
        ServedChannel channel = _channels[index];
        StreamDescriptor? listener = channel.Binding.Endpoint.Listener;
        if (!isKept)
        {
            if (listener is not null)
            {
                _poll.Add(listener, ListenerKey(index));
            }
            else
            {
                Open(index, now);
            }

            return;
        }

        if (listener is not null)
        {
            _poll.Change(listener, ListenerKey(index), readable: true, writable: false);
        }

        if (channel.Stream is not null)
        {
            _waits[index] = (!channel.IsPaused, channel.WantsRoom);
            _poll.Change(channel.Stream, StreamKey(index), !channel.IsPaused, channel.WantsRoom);
        }
    }
}
