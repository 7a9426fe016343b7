using PollScale.HostStub.Daemon;
using PollScale.Native;
using PollScale.Placement;

namespace PollScale.HostStub.Channels.Acpi.Reader;

/// <summary>
/// Drains the debug ports of all guests, whatever serve does: QEMU writes each byte at once, and a vCPU whose byte nobody takes stands still. Keeps the newest
/// byte of each, counts, and wakes serve. Ends when serve does. It decides nothing, and allocates nothing for a byte.
/// </summary>
internal sealed class DebugconReader : IDisposable
{
    private const int EventsPerWait = 64, ControlKey = int.MaxValue, WakeKey = int.MaxValue - 1, ReadBytes = 1 << 16;

    private readonly StreamDescriptor _control;
    private readonly ReaderMemory _memory;
    private readonly WakeEvent _wake = new();
    private readonly EventPoll _poll = new(EventsPerWait);
    private readonly PortConnector _connector;
    private readonly DebugPort?[] _ports = new DebugPort?[ReaderMemory.Slots];
    private readonly List<DebugPort> _paused = [];
    private readonly byte[] _buffer = new byte[ReadBytes];

    /// <summary>Prepares; nothing is read before <see cref="Run"/>.</summary>
    /// <param name="control">Brings <see cref="ReaderCommand"/>s; its end ends this.</param>
    /// <param name="memory">Takes what is found.</param>
    public DebugconReader(StreamDescriptor control, ReaderMemory memory)
    {
        (_control, _memory) = (control, memory);
        _connector = new PortConnector(_wake);
        _poll.Add(control, ControlKey);
        _poll.Add(_wake.Descriptor, WakeKey);
    }

    /// <summary>Drains until serve is gone.</summary>
    public void Run()
    {
        HostThread connecting = new("connect", _connector.Run);
        connecting.Start();
        try
        {
            while (Round())
            {
            }
        }
        finally
        {
            _connector.Stop();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DebugPort? port in _ports)
        {
            port?.Dispose();
        }

        _poll.Dispose();
        _wake.Dispose();
    }

    // False at the end.
    private bool Round()
    {
        int ready = _poll.Wait(_paused.Count > 0 ? 1 : -1);
        long now = Deadline.Now;
        Resume();
        bool goesOn = true;
        for (int i = 0; i < ready; i++)
        {
            int key = _poll.Key(i);
            if (key == ControlKey)
            {
                goesOn &= Obey();
            }
            else if (key == WakeKey)
            {
                _wake.Clear();
                TakeOutcomes();
            }
            else if (_ports[key] is { Stream: not null } port) // it may have gone earlier in this round
            {
                Drain(port, now);
            }
        }

        return goesOn;
    }

    private void Drain(DebugPort port, long now)
    {
        int read = port.Stream!.Read(_buffer);
        if (read > 0 && _memory.Take(port.Slot, _buffer.AsSpan(0, read)))
        {
            port.News.Set();
        }

        if (read is 0 or (< 0 and not -LibC.EAGAIN))
        {
            Lose(port);
        }
        else if (!port.MayReadOn(now))
        {
            port.IsPaused = true;
            _poll.Change(port.Stream, port.Slot, readable: false, writable: false);
            _paused.Add(port);
        }
    }

    private void Resume()
    {
        foreach (DebugPort port in _paused)
        {
            if (port is { IsPaused: true, Stream: StreamDescriptor stream })
            {
                port.IsPaused = false;
                _poll.Change(stream, port.Slot, readable: true, writable: false);
            }
        }

        _paused.Clear();
    }

    // The byte goes before the state: who sees the VM gone sees no byte of its.
    private void Lose(DebugPort port)
    {
        port.Stream!.Dispose();
        port.Stream = null;
        port.IsPaused = false;
        _memory.Forget(port.Slot);
        _memory.SetState(port.Slot, SlotState.Absent);
        port.News.Set();
        _connector.Want(port);
    }

    private void TakeOutcomes()
    {
        while (_connector.Outcomes.TryDequeue(out (DebugPort Port, StreamDescriptor? Stream, int Error) outcome))
        {
            DebugPort port = outcome.Port;
            if (_ports[port.Slot] != port)
            {
                outcome.Stream?.Dispose(); // taken away while it was tried
                continue;
            }

            if (outcome.Stream is not StreamDescriptor stream)
            {
                if (!port.WasTried)
                {
                    _memory.Forget(port.Slot);
                }

                _memory.SetState(port.Slot, SlotState.Absent, outcome.Error);
            }
            else
            {
                Welcome(port, stream);
            }

            port.WasTried = true;
            port.News.Set();
        }
    }

    // The byte that a reader before this one read still holds when its VM is still there.
    private void Welcome(DebugPort port, StreamDescriptor stream)
    {
        int peer = UnixSocket.PeerProcess(stream);
        if (port.WasTried || peer == 0 || peer != _memory.Peer(port.Slot))
        {
            _memory.Forget(port.Slot);
        }

        port.Stream = stream;
        _memory.CountConnect(port.Slot, peer);
        _memory.SetState(port.Slot, SlotState.Connected);
        _poll.Add(stream, port.Slot);
    }

    // False when serve has gone.
    private bool Obey()
    {
        Span<byte> packet = stackalloc byte[ReaderCommand.MostBytes + 1];
        while (true)
        {
            int read = PassedDescriptors.Receive(_control.Fd, packet, out int[] descriptors);
            if (read <= 0)
            {
                return read == -LibC.EAGAIN;
            }

            StreamDescriptor[] passed = [.. descriptors.Select(descriptor => new StreamDescriptor(descriptor))];
            if (ReaderCommand.TryRead(packet[..read], out ReaderCommand command) && passed.Length == (command.Path is null ? 0 : 1))
            {
                Obey(command, passed);
            }
            else
            {
                Array.ForEach(passed, descriptor => descriptor.Dispose());
            }
        }
    }

    private void Obey(ReaderCommand command, StreamDescriptor[] passed)
    {
        if (_ports[command.Slot] is DebugPort old)
        {
            _ports[command.Slot] = null;
            _connector.Forget(old);
            old.Dispose();
        }

        if (command.Path is string path)
        {
            DebugPort port = _ports[command.Slot] = new DebugPort(command.Slot, path, new WakeEvent(passed[0]));
            _connector.Want(port);
        }
    }
}
