using System.ComponentModel;
using Tmds.Linux;

namespace PollScale.Native;

/// <summary>A set of descriptors waited for together (epoll). One thread waits; allocates nothing after it is made.</summary>
// SAFETY: the events are pinned while the kernel fills at most their number; one event on the stack is read during the call.
internal sealed unsafe class EventPoll : IDisposable
{
    private readonly StreamDescriptor _set;
    private readonly epoll_event[] _events;

    /// <summary>Makes an empty set.</summary>
    /// <param name="most">Descriptors that one wait may report; others are reported by the next.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public EventPoll(int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        int fd = LibC.epoll_create1(LibC.EPOLL_CLOEXEC);
        _set = fd < 0 ? throw Errno.Failure("epoll_create1") : new StreamDescriptor(fd);
        _events = new epoll_event[most];
    }

    /// <summary>Adds a descriptor. It leaves the set when it is closed.</summary>
    /// <param name="descriptor">Descriptor to wait for.</param>
    /// <param name="key">Given back by <see cref="Key"/>.</param>
    /// <param name="writable">Wait for room to write as well.</param>
    /// <exception cref="Win32Exception">It cannot be waited for: EPERM for a regular file.</exception>
    public void Add(StreamDescriptor descriptor, int key, bool writable = false) => Control(LibC.EPOLL_CTL_ADD, descriptor, key, writable);

    /// <summary>Adds a descriptor that is reported once each time somebody makes it readable, and once now where it is: it need not be read.</summary>
    /// <param name="descriptor">Descriptor to wait for.</param>
    /// <param name="key">Given back by <see cref="Key"/>.</param>
    /// <exception cref="Win32Exception">It cannot be waited for.</exception>
    public void AddEdge(StreamDescriptor descriptor, int key) => Control(LibC.EPOLL_CTL_ADD, descriptor, key, writable: false, edge: true);

    /// <summary>Changes what is waited for; an end or a failure always is.</summary>
    public void Change(StreamDescriptor descriptor, int key, bool readable, bool writable) => Control(LibC.EPOLL_CTL_MOD, descriptor, key, writable, readable);

    /// <summary>Takes a descriptor out that stays open.</summary>
    public void Remove(StreamDescriptor descriptor) => Control(LibC.EPOLL_CTL_DEL, descriptor, 0, writable: false);

    /// <summary>Waits.</summary>
    /// <param name="milliseconds">Longest wait; -1 for ever.</param>
    /// <returns>Descriptors that are ready; 0 when the time passed or a signal came.</returns>
    public int Wait(int milliseconds)
    {
        fixed (epoll_event* events = _events)
        {
            int ready = LibC.epoll_wait(_set.Fd, events, _events.Length, milliseconds);
            return ready >= 0 ? ready : 0; // a signal: nothing else happens to a set and a room that are this object's own
        }
    }

    /// <summary>Key of a ready descriptor.</summary>
    public int Key(int index) => (int)_events[index].data.u64;

    /// <summary>True when it can be read, has ended or has failed: a read tells which.</summary>
    public bool Readable(int index) => (_events[index].events & (LibC.EPOLLIN | LibC.EPOLLERR | LibC.EPOLLHUP)) != 0;

    /// <summary>True when the other end is gone.</summary>
    public bool HungUp(int index) => (_events[index].events & (LibC.EPOLLERR | LibC.EPOLLHUP)) != 0;

    /// <summary>True when there is room to write.</summary>
    public bool Writable(int index) => (_events[index].events & LibC.EPOLLOUT) != 0;

    /// <inheritdoc/>
    public void Dispose() => _set.Dispose();

    private void Control(int operation, StreamDescriptor descriptor, int key, bool writable, bool readable = true, bool edge = false)
    {
        epoll_event wanted = new() { events = (readable ? LibC.EPOLLIN : 0) | (writable ? LibC.EPOLLOUT : 0) | (edge ? unchecked((int)LibC.EPOLLET) : 0) };
        wanted.data.u64 = (ulong)key;
        if (LibC.epoll_ctl(_set.Fd, operation, descriptor.Fd, &wanted) != 0)
        {
            throw Errno.Failure($"epoll_ctl of descriptor {descriptor.Fd}");
        }
    }
}
