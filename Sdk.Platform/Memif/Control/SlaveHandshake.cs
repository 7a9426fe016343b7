using System.ComponentModel;
using PollScale.Native;

namespace PollScale.Memif.Control;

/// <summary>The client's side: memory of our own, told to a master message by message, each when the one before was taken.</summary>
internal sealed class SlaveHandshake(MemifPort port) : IHandshake
{
    private readonly Queue<(byte[] Message, int Descriptor)> _rest = new();
    private readonly List<StreamDescriptor> _events = [];
    private OwnMemory? _memory;
    private PeerBell? _bell;

    public MemifPort? Port => port;

    public MemifLink? Link { get; private set; }

    public string Peer { get; private set; } = "";

    public byte[]? Greeting => null;

    public (byte[] Message, int Descriptor)? Take(ReadOnlySpan<byte> message, int descriptor)
    {
        MessageType type = ControlMessage.Type(message);
        switch (type)
        {
            case MessageType.Hello when _memory is null:
                Begin(Hello.Read(message));
                return _rest.Dequeue();
            case MessageType.Ack when _rest.Count > 0:
                return _rest.Dequeue();
            case MessageType.Connected when _memory is not null && _rest.Count == 0 && Link is null:
                string name = Ready.Read(message).Name;
                Link = MemifLink.OfSlave(name.Length > 0 ? $"{Peer} {name}" : Peer, _memory, _bell!);
                CloseEvents();
                return null;
            default:
                throw new MemifRefusal($"Unexpected message {(ushort)type}");
        }
    }

    public void Dispose()
    {
        CloseEvents();
        if (Link is null)
        {
            _bell?.Dispose();
            _memory?.Dispose();
        }
    }

    private void Begin(Hello hello)
    {
        Peer = hello.Name;
        if (hello.MinVersion > ControlMessage.Version || hello.MaxVersion < ControlMessage.Version)
        {
            throw new MemifRefusal($"Incompatible memif version 0x{hello.MinVersion:x} .. 0x{hello.MaxVersion:x}, not 0x{ControlMessage.Version:x}");
        }

        MemifPortOptions options = port.Options;
        int log2 = Math.Min(options.Log2RingSize, hello.MaxLog2RingSize);
        if (log2 < MemifPort.LeastLog2RingSize)
        {
            throw new MemifRefusal($"Rings of 2^{hello.MaxLog2RingSize} descriptors are too small");
        }

        try
        {
            _memory = new OwnMemory(log2, options.BufferSize);
            _bell = new PeerBell(NewEvent());
            NewEvent();
        }
        catch (Win32Exception e)
        {
            throw new MemifRefusal("Out of memory or descriptors", e.Message);
        }

        Say(new Init(ControlMessage.Version, options.Id, 0, options.Secret, ControlMessage.Name).Write());
        Say(new AddRegion(0, (ulong)_memory.Size).Write(), _memory.Fd);
        Say(new AddRing(true, 0, 0, OwnMemory.ToMasterRing, (byte)log2, 0).Write(), _events[0].Fd);
        Say(new AddRing(false, 0, 0, _memory.ToSlaveRing, (byte)log2, 0).Write(), _events[1].Fd);
        Say(new Ready(ControlMessage.Name).Write(MessageType.Connect));
    }

    private void Say(byte[] message, int descriptor = -1) => _rest.Enqueue((message, descriptor));

    private int NewEvent()
    {
        int fd = LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        _events.Add(fd < 0 ? throw Errno.Failure("eventfd") : new StreamDescriptor(fd));
        return fd;
    }

    private void CloseEvents() => _events.ForEach(descriptor => descriptor.Dispose());
}
