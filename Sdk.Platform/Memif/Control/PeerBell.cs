using PollScale.Native;
using PollScale.Placement;

namespace PollScale.Memif.Control;

/// <summary>
/// Wakes a peer that sleeps until packets come, by its eventfd. The peer could have that descriptor block its writers, so a thread of its own
/// writes to it, and the polling thread to an eventfd that nobody else has.
/// </summary>
internal sealed class PeerBell : IDisposable
{
    private const int StackBytes = 128 << 10;
    private readonly StreamDescriptor _peer;
    private readonly WakeEvent _wake = new();
    private readonly Lock _gate = new();
    private int _ringing;
    private bool _begun;
    private bool _ended;

    /// <param name="eventFd">The peer's eventfd, which is duplicated.</param>
    public PeerBell(int eventFd)
    {
        int copy = LibC.fcntl(eventFd, LibC.F_DUPFD_CLOEXEC, 0);
        if (copy < 0)
        {
            _wake.Dispose();
            throw Errno.Failure("duplicating an eventfd");
        }

        _peer = new StreamDescriptor(copy);
    }

    /// <summary>Rings; never waits for the peer. For one thread.</summary>
    public void Ring()
    {
        if (Interlocked.Exchange(ref _ringing, 1) == 0)
        {
            _wake.Set();
        }
    }

    /// <summary>Begins its thread, which may run wherever the caller may: not on the polling thread's CPU.</summary>
    /// <exception cref="MemifRefusal">The system gives no thread.</exception>
    public void Begin()
    {
        try
        {
            new HostThread("memif bell", Work, stackBytes: StackBytes).Start();
            _begun = true;
        }
        catch (PlacementException e)
        {
            throw new MemifRefusal("Out of threads", e.Message);
        }
    }

    /// <summary>Ends it; the thread closes what it uses, whenever the peer lets it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            if (_begun)
            {
                _wake.Set();
                return;
            }
        }

        Close();
    }

    private void Work()
    {
        Span<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        while (!HasEnded())
        {
            if (_wake.Descriptor.WaitReadable(-1))
            {
                _wake.Clear();
                Interlocked.Exchange(ref _ringing, 0);
                _peer.Write(one);
            }
        }

        Close();
    }

    // Whoever ended it is done with the descriptors then.
    private bool HasEnded()
    {
        lock (_gate)
        {
            return _ended;
        }
    }

    private void Close()
    {
        _wake.Dispose();
        _peer.Dispose();
    }
}
