using PollScale.Native;

namespace PollScale.HostStub.Guest.Files;

/// <summary>epoll(7): a set of descriptors. One of epoll itself cannot be in it.</summary>
internal sealed class EpollFile : IGuestFile
{
    private const uint EPOLLONESHOT = 1u << 30, EPOLLET = 1u << 31, Flags = 0xF000_0000;
    private readonly Lock _lock = new();

    // In the order of addition, and told in turn: the first after the last told before.
    private readonly List<(int Fd, EpollInterest Interest)> _set = [];

    public uint Mode => FileModes.Anonymous;

    public uint Ready => Collect(1, take: false).Count > 0 ? PollEvents.Readable : 0;

    public long Read(Span<byte> destination) => -LibC.EINVAL;

    public long Write(ReadOnlySpan<byte> source) => -LibC.EINVAL;

    /// <summary>epoll_ctl.</summary>
    /// <returns>0, or -errno.</returns>
    public long Control(int operation, int fd, OpenFile file, uint events, ulong data)
    {
        const int EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;
        if (!file.File.CanBeWaitedFor)
        {
            return file.File is EpollFile ? -LibC.EINVAL : -LibC.EPERM;
        }

        lock (_lock)
        {
            _set.RemoveAll(e => !e.Interest.File.IsOpen);
            int at = _set.FindIndex(e => e.Fd == fd && e.Interest.File == file);
            switch (operation)
            {
                case EPOLL_CTL_ADD when at < 0:
                    _set.Add((fd, new EpollInterest { File = file, Events = events, Data = data }));
                    return 0;
                case EPOLL_CTL_ADD:
                    return -LibC.EEXIST;
                case EPOLL_CTL_DEL or EPOLL_CTL_MOD when at < 0:
                    return -LibC.ENOENT;
                case EPOLL_CTL_DEL:
                    _set.RemoveAt(at);
                    return 0;
                case EPOLL_CTL_MOD:
                    (_set[at].Interest.Events, _set[at].Interest.Data, _set[at].Interest.Told) = (events, data, false);
                    return 0;
                default:
                    return -LibC.EINVAL;
            }
        }
    }

    /// <summary>The descriptors that are ready.</summary>
    /// <param name="most">At most so many.</param>
    /// <param name="take">Edges and one-shot events are told by this.</param>
    public List<(uint Events, ulong Data)> Collect(int most, bool take)
    {
        List<(uint, ulong)> ready = [];
        lock (_lock)
        {
            _set.RemoveAll(e => !e.Interest.File.IsOpen);
            for (int i = 0, count = _set.Count; i < count && ready.Count < most; i++)
            {
                EpollInterest interest = _set[i].Interest;
                uint changes = interest.File.File.Changes;
                uint wanted = interest.Events & ~Flags;
                uint events = wanted == 0 ? 0 : interest.File.File.Ready & (wanted | PollEvents.Unasked);
                if (events == 0 || ((interest.Events & EPOLLET) != 0 && interest.Told && interest.ToldChanges == changes))
                {
                    continue;
                }

                ready.Add((events, interest.Data));
                if (take)
                {
                    (interest.Told, interest.ToldChanges) = (true, changes);
                    interest.Events = (interest.Events & EPOLLONESHOT) != 0 ? interest.Events & Flags : interest.Events;
                }
            }

            if (take && ready.Count == most && ready.Count < _set.Count)
            {
                // Those that were left out come first next time.
                (int, EpollInterest)[] told = [.. _set.Take(ready.Count)];
                _set.RemoveRange(0, ready.Count);
                _set.AddRange(told);
            }
        }

        return ready;
    }
}
