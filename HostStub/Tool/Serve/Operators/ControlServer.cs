using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Operate.Protocol;
using PollScale.Native;
using PollScale.Placement;

namespace PollScale.HostStub.Serve.Operators;

/// <summary>
/// Serves the control socket on a thread of its own, which waits for no client and for nothing of the daemon's. What clients can take of it is bounded: their number,
/// each user's share of it, the room of a line each, requests a second, and how long one may be silent in the middle of a line or leave an answer unread.
/// </summary>
/// <param name="socket">The socket; stays the caller's.</param>
/// <param name="commands">Answers.</param>
/// <param name="log">Takes what the operator of this daemon should know.</param>
/// <param name="failed">Takes what ended the thread, should anything.</param>
internal sealed class ControlServer(OperatorSocket socket, IControlCommands commands, ILogger log, Action<Exception> failed) : IDisposable
{
    /// <summary>Connections of one user.</summary>
    public const int MostOfUser = 8;

    /// <summary>Connections of all but root.</summary>
    public const int MostOfAll = 64;

    private const int EventsPerWait = 32, WakeKey = 0, ListenerKey = 1, FirstKey = 2, MostAccepts = 64;
    private const long IdleMs = 60_000, HalfLineMs = 10_000, UnreadMs = 10_000, RestMs = 20, ToldMs = 60_000, AcceptPauseMs = 200;

    private readonly EventPoll _poll = new(EventsPerWait);
    private readonly WakeEvent _wake = new();
    private readonly ConcurrentQueue<(ControlConnection To, byte[] Answer)> _answers = [];
    private readonly List<ControlConnection?> _connections = [];
    private HostThread? _thread;
    private Deadline _told = Deadline.After(Deadline.Now, 0);
    private Deadline _accepts = Deadline.Never;
    private volatile bool _stop;

    /// <summary>Begins to serve.</summary>
    public void Start()
    {
        _poll.Add(_wake.Descriptor, WakeKey);
        _poll.Add(socket.Listener, ListenerKey);
        _thread = new HostThread("control", Serve, failed);
        _thread.Start();
    }

    /// <summary>Ends the thread, whatever clients do.</summary>
    /// <param name="patience">Longest wait.</param>
    /// <returns>False when it has not ended.</returns>
    public bool Stop(TimeSpan patience)
    {
        _stop = true;
        _wake.Set();
        return _thread?.Join(patience) != false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_thread?.IsAlive != true)
        {
            _connections.ForEach(connection => connection?.Dispose());
            _poll.Dispose();
            _wake.Dispose();
        }
    }

    private void Serve()
    {
        while (!_stop)
        {
            int ready = _poll.Wait(Next());
            for (int i = 0; i < ready; i++)
            {
                int key = _poll.Key(i);
                if (key == WakeKey)
                {
                    _wake.Clear();
                }
                else if (key == ListenerKey)
                {
                    Accept();
                }
                else
                {
                    Handle(key, _poll.HungUp(i));
                }
            }

            while (_answers.TryDequeue(out (ControlConnection To, byte[] Answer) late))
            {
                int index = _connections.IndexOf(late.To);
                if (index >= 0)
                {
                    Send(late.To, index, late.Answer);
                }
            }

            Tick();
        }
    }

    private int Next()
    {
        long now = Deadline.Now;
        Deadline next = _accepts;
        foreach (ControlConnection? connection in _connections)
        {
            next = connection is null ? next : Deadline.First(next, Deadline.After(now, connection.Due - now));
        }

        return next.Wait(now);
    }

    private void Tick()
    {
        long now = Deadline.Now;
        for (int i = 0; i < _connections.Count; i++)
        {
            if (_connections[i] is ControlConnection connection && now >= connection.Due)
            {
                if (connection.State == ControlState.Rests)
                {
                    Go(connection, i, ControlState.Reads, IdleMs);
                    Take(connection, i);
                }
                else
                {
                    Close(i);
                }
            }
        }

        if (_accepts.IsDue(now))
        {
            _accepts = Deadline.Never;
            _poll.Change(socket.Listener, ListenerKey, readable: true, writable: false);
        }
    }

    private void Accept()
    {
        int accepted = 0;
        while (accepted < MostAccepts && UnixSocket.TryAccept(socket.Listener) is StreamDescriptor stream)
        {
            accepted++;
            Admit(stream);
        }

        // A crowd that comes and goes is let in so many at a time; and one that cannot be let in, for want of a descriptor, would wake this thread again and again.
        _accepts = Deadline.After(Deadline.Now, accepted is 0 or MostAccepts ? AcceptPauseMs : RestMs);
        _poll.Change(socket.Listener, ListenerKey, readable: false, writable: false);
    }

    private void Admit(StreamDescriptor stream)
    {
        if (UnixSocket.Peer(stream) is not SocketPeer peer || !socket.Admits(peer))
        {
            Refuse(stream, UnixSocket.Peer(stream));
            return;
        }

        ControlConnection[] open = [.. _connections.OfType<ControlConnection>()];
        if (open.Count(other => other.Peer.User == peer.User) >= MostOfUser || (peer.User != 0 && open.Length >= MostOfAll))
        {
            stream.Write(commands.Refusal($"Too many are connected already: {open.Length}, and {MostOfUser} of one user at most. Try again."));
            stream.Dispose();
            return;
        }

        int free = _connections.IndexOf(null), index = free < 0 ? _connections.Count : free;
        ControlConnection connection = new(stream, peer) { Due = Deadline.Now + IdleMs };
        if (free < 0)
        {
            _connections.Add(connection);
        }
        else
        {
            _connections[free] = connection;
        }

        _poll.Add(stream, FirstKey + index);
    }

    private void Refuse(StreamDescriptor stream, SocketPeer? peer)
    {
        stream.Write(commands.Refusal($"Only root, the daemon's user and group {ControlPath.GroupName(socket.Group)} may use this socket."));
        stream.Dispose();
        if (_told.IsDue(Deadline.Now))
        {
            _told = Deadline.After(Deadline.Now, ToldMs);
            ControlLog.OperatorRefused(log, peer?.Process ?? 0, peer?.User ?? uint.MaxValue, ControlPath.GroupName(socket.Group));
        }
    }

    private void Handle(int key, bool hungUp)
    {
        int index = key - FirstKey;
        if (index >= _connections.Count || _connections[index] is not ControlConnection connection)
        {
            return; // closed by what was handled before it
        }

        switch (connection.State)
        {
            case ControlState.Writes:
                Write(connection, index);
                break;
            case ControlState.Reads when connection.Read():
                Take(connection, index);
                break;
            case ControlState.Waits or ControlState.Rests when !hungUp:
                break;
            default:
                Close(index);
                break;
        }
    }

    private void Take(ControlConnection connection, int index)
    {
        (byte[] Answer, bool GoesOn)? answer = null;
        bool taken = connection.TryTake(line => answer = commands.Answer(line, connection.Peer, late =>
        {
            _answers.Enqueue((connection, late));
            _wake.Set();
        }));
        if (answer is (byte[] bytes, bool goesOn))
        {
            connection.IsLast = !goesOn;
            Send(connection, index, bytes);
        }
        else if (taken)
        {
            Go(connection, index, ControlState.Waits, IdleMs);
        }
        else if (connection.IsFull)
        {
            connection.IsLast = true;
            Send(connection, index, commands.Refusal($"A request has {ControlRequest.LongestLine} bytes at most."));
        }
        else if (connection.HasPart)
        {
            connection.Due = Math.Min(connection.Due, Deadline.Now + HalfLineMs);
        }
    }

    private void Send(ControlConnection connection, int index, byte[] answer)
    {
        connection.Send(answer);
        Go(connection, index, ControlState.Writes, UnreadMs);
        Write(connection, index);
    }

    private void Write(ControlConnection connection, int index)
    {
        bool? done = connection.Write();
        if (done is null || (done == true && connection.IsLast))
        {
            Close(index);
        }
        else if (done == true)
        {
            Go(connection, index, ControlState.Rests, RestMs);
        }
    }

    private void Go(ControlConnection connection, int index, ControlState state, long forMs)
    {
        (connection.State, connection.Due) = (state, Deadline.Now + forMs);
        _poll.Change(connection.Stream, FirstKey + index, state == ControlState.Reads, state == ControlState.Writes);
    }

    private void Close(int index)
    {
        _connections[index]?.Dispose();
        _connections[index] = null;
    }
}
