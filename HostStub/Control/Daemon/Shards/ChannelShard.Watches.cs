using PollScale.Clock;

namespace PollScale.HostStub.Daemon.Shards;

/// <content>What it watches beside its channels; by <see cref="Post"/>, or before it is started.</content>
internal sealed partial class ChannelShard
{
    // Between two looks at descriptors: what they cost is spread over so many looks at watches that spin.
    private const int SpinsPerWait = 64;

    private readonly List<IShardWatch?> _watches = [];
    private readonly List<IShardWatch> _spinning = [];

    /// <summary>Watches from now on, with a look at what is there.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">Its descriptor cannot be waited for.</exception>
    public void Watch(IShardWatch watch)
    {
        if (watch.Spins)
        {
            _spinning.Add(watch);
        }

        watch.Recorder = Latency;
        int free = _watches.IndexOf(null);
        int index = free < 0 ? _watches.Count : free;
        _poll.AddEdge(watch.Descriptor, KeyOf(index));
        _nextTick = Deadline.First(_nextTick, Deadline.After(Deadline.Now, TickMs));
        if (free < 0)
        {
            _watches.Add(watch);
        }
        else
        {
            _watches[free] = watch;
        }

        LookAt(watch, TscClock.Now);
    }

    /// <summary>Watches no longer.</summary>
    public void Unwatch(IShardWatch watch)
    {
        _spinning.Remove(watch);
        int index = _watches.IndexOf(watch);
        if (index >= 0)
        {
            _watches[index] = null;
            if (!watch.IsPaused)
            {
                _poll.Remove(watch.Descriptor);
            }
        }
    }

    private static int KeyOf(int index) => -1 - index;

    private void Look(int key, ulong woken)
    {
        if (_watches[KeyOf(key)] is not IShardWatch watch)
        {
            return; // it went earlier in this round
        }

        LookAt(watch, woken);
    }

    // One that wants a pause is not listened to: its descriptor, which nobody reads, reports again when it is put back.
    private void LookAt(IShardWatch watch, ulong woken)
    {
        watch.Look(woken);
        if (watch.IsPaused)
        {
            _poll.Remove(watch.Descriptor);
            _nextCheck = Deadline.First(_nextCheck, watch.Due);
        }
    }

    private void Resume(long now)
    {
        for (int index = 0; index < _watches.Count; index++)
        {
            if (_watches[index] is not IShardWatch { IsPaused: true } watch)
            {
                continue;
            }

            if (watch.Due.IsDue(now))
            {
                watch.Resume();
                _poll.AddEdge(watch.Descriptor, KeyOf(index));
            }
            else
            {
                _nextCheck = Deadline.First(_nextCheck, watch.Due);
            }
        }
    }

    private void TickWatches(ulong tsc)
    {
        foreach (IShardWatch? watch in _watches)
        {
            watch?.Tick(tsc);
            if (watch is { IsPaused: false })
            {
                LookAt(watch, TscClock.Now); // an event that got lost delays what it was for, and no more
            }
        }
    }

    private void Spin()
    {
        for (int i = 0; i < SpinsPerWait; i++)
        {
            foreach (IShardWatch watch in _spinning)
            {
                if (!watch.IsPaused)
                {
                    LookAt(watch, TscClock.Now);
                }
            }

            Thread.SpinWait(1);
        }
    }
}
