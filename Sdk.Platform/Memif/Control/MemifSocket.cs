using System.ComponentModel;
using PollScale.Native;
using PollScale.Placement;

namespace PollScale.Memif.Control;

/// <summary>
/// A memif control socket, version 2, with its thread: as server (master) it lets slaves in to its ports by their numbers, as client (slave) it
/// connects each port, again and again: after 50 ms, then up to 1 s. Peers are DPDK, VPP, libmemif, or another of these. Ports may be added from any thread, while others are polled too.
/// </summary>
public sealed partial class MemifSocket : IDisposable
{
    private const int Waiting = 16;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private readonly string _path;
    private readonly StreamDescriptor? _listener;
    private readonly PathIdentity? _made;
    private readonly Lock _gate = new();
    private readonly List<MemifPort> _ports = [];
    private readonly EventPoll _poll = new(Waiting);
    private readonly WakeEvent _wake = new();
    private readonly HostThread _thread;
    private volatile bool _ended;

    private MemifSocket(string path, StreamDescriptor? listener)
    {
        (_path, _listener) = (path, listener);
        _made = listener is null || UnixSocket.IsAbstract(path) ? null : PathIdentity.Of(path);
        _poll.Add(_wake.Descriptor, WakeKey);
        if (listener is not null)
        {
            _poll.Add(listener, ListenerKey);
        }

        _thread = new HostThread("memif control", Work, Failed);
        _thread.Start();
    }

    /// <summary>Serves a path, as the master of each link. What a server that was killed has left there is replaced. Whoever may write the socket may connect: umask and folder decide.</summary>
    /// <param name="path">Path of the socket, at most 107 bytes, or an abstract name that begins with @.</param>
    /// <exception cref="MemifException">It cannot be served.</exception>
    public static MemifSocket Listen(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            RemoveLeftover(path);
            return new MemifSocket(path, UnixSocket.Listen(path, packets: true, waiting: Waiting));
        }
        catch (PlacementException e)
        {
            throw new MemifException(e.Message, e);
        }
        catch (Exception e) when (e is Win32Exception or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new MemifException($"No memif socket can be served at {path}: {e.Message} Check that its folder exists and is writable, and that no other program serves it.", e);
        }
    }

    /// <summary>Connects to whoever serves a path, now or later, as the slave of each link; the call itself does not wait.</summary>
    /// <param name="path">Path of the socket, at most 107 bytes, or an abstract name that begins with @.</param>
    /// <exception cref="MemifException">There can be no such socket.</exception>
    public static MemifSocket Connect(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            UnixSocket.CheckPath(path);
            return new MemifSocket(path, null);
        }
        catch (Exception e) when (e is Win32Exception or ArgumentException or PlacementException)
        {
            throw new MemifException(e.Message, e);
        }
    }

    /// <summary>Adds an interface, and begins to make its link.</summary>
    /// <param name="options">What it is to be like.</param>
    /// <returns>The port, which its polling thread disposes.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="MemifException">The socket has one of that number.</exception>
    /// <exception cref="ObjectDisposedException">The socket is disposed.</exception>
    public MemifPort Add(MemifPortOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_ended, this);
        MemifPort port = new(options.Checked(), Remove);
        lock (_gate)
        {
            if (_ports.Exists(other => other.Options.Id == options.Id))
            {
                throw new MemifException($"The memif socket {_path} has a port with ID {options.Id} already: give each another.");
            }

            _ports.Add(port);
        }

        _wake.Set();
        return port;
    }

    /// <summary>Tells every peer that its link ends, and ends the thread; waits for it, at most 2 s. Ports are disposed by who polls them, before or afterwards.</summary>
    public void Dispose()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _wake.Set();
        if (_thread.Join(s_patience))
        {
            _poll.Dispose();
            _wake.Dispose();
            _listener?.Dispose();
        }

        if (_made is not null && PathIdentity.Of(_path) == _made)
        {
            File.Delete(_path);
        }
    }

    private void Remove(MemifPort port)
    {
        lock (_gate)
        {
            _ports.Remove(port);
        }

        if (!_ended)
        {
            _wake.Set();
        }
    }

    private MemifPort[] Ports()
    {
        lock (_gate)
        {
            return [.. _ports];
        }
    }

    // Only a socket that refuses connections is nobody's.
    private static void RemoveLeftover(string path)
    {
        using StreamDescriptor? alive = UnixSocket.TryConnect(path, out int error, packets: true);
        if (error == LibC.ECONNREFUSED && FileFacts.At(path) is { IsSocket: true })
        {
            File.Delete(path);
        }
    }
}
