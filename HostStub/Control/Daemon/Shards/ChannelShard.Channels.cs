using PollScale.Native;

namespace PollScale.HostStub.Daemon.Shards;

/// <content>Which channels it serves. All of this on its own thread, by <see cref="Post"/>, or before it is started.</content>
internal sealed partial class ChannelShard
{
    /// <summary>Serves a channel from now on: a new one, or one that another shard served.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">Its descriptors cannot be waited for.</exception>
    public void Attach(ServedChannel channel, long now)
    {
        int free = _slots.IndexOf(null);
        Slot slot = new(free < 0 ? _slots.Count : free, channel);
        if (free < 0)
        {
            _slots.Add(slot);
        }
        else
        {
            _slots[free] = slot;
        }

        channel.Recorder = Latency;
        Listen(slot);
        if (channel.Stream is StreamDescriptor stream)
        {
            (slot.Readable, slot.Writable) = (!channel.IsPaused, channel.WantsRoom);
            _poll.Add(stream, slot.StreamKey);
            _poll.Change(stream, slot.StreamKey, slot.Readable, slot.Writable);
        }
        else if (channel.Binding.Endpoint.Listener is null)
        {
            Open(slot, now);
        }

        _nextCheck = Deadline.First(_nextCheck, channel.Due);
    }

    /// <summary>Serves a channel no longer; it stays connected.</summary>
    public void Detach(ServedChannel channel)
    {
        int index = _slots.FindIndex(slot => slot?.Channel == channel);
        if (index < 0)
        {
            return;
        }

        _slots[index] = null;
        foreach (StreamDescriptor? descriptor in (StreamDescriptor?[])[channel.Stream, channel.Binding.Endpoint.Listener])
        {
            if (descriptor is not null)
            {
                _poll.Remove(descriptor);
            }
        }
    }

    /// <summary>Makes a channel's path anew, when it is lost.</summary>
    /// <exception cref="ChannelException">It cannot be made now.</exception>
    public void Renew(ServedChannel channel)
    {
        if (_slots.Find(slot => slot?.Channel == channel) is Slot slot)
        {
            channel.Binding.Endpoint.Renew();
            slot.Accepts = true;
            Listen(slot);
        }
    }

    // A renewed endpoint has closed the listener before, and by that taken it out.
    private void Listen(Slot slot)
    {
        if (slot.Channel.Binding.Endpoint.Listener is StreamDescriptor listener)
        {
            _poll.Add(listener, slot.ListenerKey);
        }
    }
}
