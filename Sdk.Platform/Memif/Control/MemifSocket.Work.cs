using System.ComponentModel;
using PollScale.Native;

namespace PollScale.Memif.Control;

/// <summary>The socket's thread: it alone touches connections.</summary>
public sealed partial class MemifSocket
{
    private const int WakeKey = 0, ListenerKey = 1, FirstChannelKey = 2;
    private const int HandshakeLimit = 5000, AcceptPause = 100, RefusalPause = 1000, MostUnnamed = 16, MostMessages = 16;
    private readonly Dictionary<int, ControlChannel> _channels = [];
    private readonly List<ClientSeat> _seats = [];
    private int _nextKey = FirstChannelKey;
    private bool _letsIn = true;
    private long _acceptAgain = long.MaxValue;
    private long _refusalTold = long.MinValue / 2;

    private static long Now => Environment.TickCount64;

    private void Work()
    {
        while (!_ended)
        {
            MeetPorts();
            EndLate();
            ConnectDue();
            int ready = _poll.Wait(Patience());
            for (int i = 0; i < ready && !_ended; i++)
            {
                switch (_poll.Key(i))
                {
                    case WakeKey:
                        _wake.Clear();
                        break;
                    case ListenerKey:
                        Accept();
                        break;
                    default:
                        if (_channels.TryGetValue(_poll.Key(i), out ControlChannel? channel))
                        {
                            Serve(channel);
                        }

                        break;
                }
            }
        }

        foreach (ControlChannel channel in _channels.Values.ToArray())
        {
            End(channel, "the socket is closed", "Interface is closed");
        }
    }

    // Ports come and go by other threads.
    private void MeetPorts()
    {
        MemifPort[] ports = Ports();
        LetIn(ports.Length > 0);
        foreach (ControlChannel channel in _channels.Values.Where(channel => channel.Handshake.Port is { } port && !ports.Contains(port)).ToArray())
        {
            End(channel, "the port is closed", "Interface is closed");
        }

        if (_listener is null)
        {
            _seats.RemoveAll(seat => !ports.Contains(seat.Port));
            _seats.AddRange(ports.Where(port => !_seats.Exists(seat => seat.Port == port)).Select(port => new ClientSeat(port)));
        }
    }

    // The greeting tells of the largest ring that a port takes: who comes before the first port waits for it.
    private void LetIn(bool any)
    {
        if (_listener is not null && any != _letsIn)
        {
            _letsIn = any;
            _poll.Change(_listener, ListenerKey, readable: any && _acceptAgain == long.MaxValue, writable: false);
        }
    }

    private void EndLate()
    {
        foreach (ControlChannel channel in _channels.Values.Where(channel => !channel.IsUp && channel.Deadline <= Now).ToArray())
        {
            End(channel, $"the peer '{channel.Handshake.Peer}' has not made its link within {HandshakeLimit / 1000} s", "Time is up for the handshake");
        }

        if (_acceptAgain <= Now)
        {
            _acceptAgain = long.MaxValue;
            _poll.Change(_listener!, ListenerKey, readable: _letsIn, writable: false);
        }
    }

    private void ConnectDue()
    {
        foreach (ClientSeat seat in _seats.Where(seat => seat.Channel is null && seat.NextTry <= Now))
        {
            StreamDescriptor? connection = UnixSocket.TryConnect(_path, out int error, packets: true);
            if (connection is null)
            {
                seat.Pause(Now, wasUp: false);
                seat.Port.Tell($"no link: nobody serves {_path} ({LibC.strerror(error)}); it is tried again and again");
                continue;
            }

            seat.Channel = Begin(connection, new SlaveHandshake(seat.Port));
            if (seat.Channel is null)
            {
                seat.Pause(Now, wasUp: false);
            }
        }
    }

    // Who connects and says nothing makes room for who comes later.
    private void Accept()
    {
        MemifPort[] ports = Ports();
        if (ports.Length == 0)
        {
            return; // the last has just gone
        }

        StreamDescriptor? connection = UnixSocket.TryAccept(_listener!, out int error);
        if (connection is null)
        {
            if (error != 0)
            {
                _poll.Change(_listener!, ListenerKey, readable: false, writable: false);
                _acceptAgain = Now + AcceptPause;
                TellRefusal(null, $"a peer waits and cannot be let in: {LibC.strerror(error)}");
            }

            return;
        }

        ControlChannel[] unnamed = [.. _channels.Values.Where(channel => !channel.IsUp)];
        if (unnamed.Length >= MostUnnamed)
        {
            End(unnamed.MinBy(channel => channel.Deadline)!, "too many peers connect and make no link", "Too many connections without a link");
        }

        MasterHandshake handshake = new(id => Array.Find(Ports(), port => port.Options.Id == id), port => _channels.Values.Any(other => other.Handshake.Port == port), ports.Max(port => port.Options.Log2RingSize));
        if (Begin(connection, handshake) is { } channel && !channel.Socket.TrySend(handshake.Greeting!))
        {
            End(channel, "the peer is gone", null);
        }
    }

    /// <returns>Null where the system waits for no more descriptors.</returns>
    private ControlChannel? Begin(StreamDescriptor connection, IHandshake handshake)
    {
        ControlChannel channel = new(_nextKey, new ControlSocket(connection), handshake, Now + HandshakeLimit);
        try
        {
            _poll.Add(connection, channel.Key);
        }
        catch (Win32Exception e)
        {
            channel.Dispose();
            TellRefusal(handshake.Port, $"no link: {e.Message}");
            return null;
        }

        _nextKey = _nextKey == int.MaxValue ? FirstChannelKey : _nextKey + 1;
        _channels.Add(channel.Key, channel);
        return channel;
    }

    private void Serve(ControlChannel channel)
    {
        Span<byte> message = stackalloc byte[ControlMessage.Size + 1];
        for (int i = 0; i < MostMessages; i++)
        {
            int taken = channel.Socket.Receive(message, out int[] descriptors);
            try
            {
                if (taken == -LibC.EAGAIN || !Take(channel, message[..Math.Max(taken, 0)], descriptors))
                {
                    return;
                }
            }
            catch (MemifRefusal e)
            {
                string who = channel.Handshake.Peer.Length > 0 ? $"the peer '{channel.Handshake.Peer}'" : "a peer";
                End(channel, $"{who} is refused: {e.Told}", e.Message);
                return;
            }
            finally
            {
                foreach (int descriptor in descriptors)
                {
                    _ = LibC.close(descriptor);
                }
            }
        }
    }

    /// <returns>False when the channel has ended.</returns>
    private bool Take(ControlChannel channel, ReadOnlySpan<byte> message, int[] descriptors)
    {
        if (message.IsEmpty)
        {
            End(channel, "the peer is gone", null);
            return false;
        }

        if (message.Length != ControlMessage.Size || descriptors.Length > 1)
        {
            throw new MemifRefusal(message.Length != ControlMessage.Size ? "Invalid message size" : "A message with more than one descriptor");
        }

        if (ControlMessage.Type(message) == MessageType.Disconnect)
        {
            string reason = Disconnect.Read(message).Reason;
            End(channel, reason.Length > 0 ? $"the peer says: {reason}" : "the peer disconnects", null);
            return false;
        }

        if (channel.Handshake.Take(message, descriptors.Length > 0 ? descriptors[0] : -1) is var (answer, descriptor) && !channel.Socket.TrySend(answer, descriptor))
        {
            End(channel, "the peer is gone", null);
            return false;
        }

        if (!channel.IsUp && channel.Handshake is { Link: { } link, Port: { } port })
        {
            channel.IsUp = true;
            port.Offer(link);
        }

        return true;
    }

    private void End(ControlChannel channel, string why, string? said)
    {
        if (said is not null)
        {
            channel.Socket.TrySend(new Disconnect(0, said).Write());
        }

        _channels.Remove(channel.Key);
        if (channel.IsUp)
        {
            channel.Handshake.Port!.Lose($"link down: {why}");
        }
        else
        {
            channel.Handshake.Link?.Withdraw(); // made, and the last answer found nobody
            TellRefusal(channel.Handshake.Port, $"no link: {why}");
        }

        channel.Dispose();
        if (_seats.Find(seat => seat.Channel == channel) is { } seat)
        {
            seat.Channel = null;
            seat.Pause(Now, channel.IsUp);
        }
    }

    // A server's peers may be many, and hostile: what they are refused for is told now and then.
    private void TellRefusal(MemifPort? port, string news)
    {
        if (_listener is null)
        {
            port?.Tell(news);
        }
        else if (Now - _refusalTold >= RefusalPause)
        {
            _refusalTold = Now;
            foreach (MemifPort told in port is null ? Ports() : [port])
            {
                told.Tell(news);
            }
        }
    }

    private int Patience()
    {
        long next = _acceptAgain;
        foreach (ControlChannel channel in _channels.Values)
        {
            next = channel.IsUp ? next : Math.Min(next, channel.Deadline);
        }

        foreach (ClientSeat seat in _seats)
        {
            next = seat.Channel is null ? Math.Min(next, seat.NextTry) : next;
        }

        return next == long.MaxValue ? -1 : (int)Math.Clamp(next - Now, 0, int.MaxValue);
    }

    private void Failed(Exception failure)
    {
        foreach (MemifPort port in Ports())
        {
            port.Lose($"link down: the control thread failed: {failure.Message}");
        }
    }
}
