using System.ComponentModel;

namespace PollScale.Memif.Control;

/// <summary>The server's side: HELLO, then INIT, ADD_REGION, ADD_RING and CONNECT of a slave that may be anybody.</summary>
/// <param name="find">The port of a number; null for none.</param>
/// <param name="isTaken">Whether another channel has a port already.</param>
/// <param name="maxLog2RingSize">Log2 of the largest ring that any port takes.</param>
internal sealed class MasterHandshake(Func<uint, MemifPort?> find, Func<MemifPort, bool> isTaken, int maxLog2RingSize) : IHandshake
{
    private const byte EthernetMode = 0;
    private const string EventFd = "anon_inode:[eventfd]";
    private PeerMemory? _memory;
    private PeerBell? _bell;
    private MemifRing? _toMaster;
    private MemifRing? _toSlave;

    public MemifPort? Port { get; private set; }

    public MemifLink? Link { get; private set; }

    public string Peer { get; private set; } = "";

    public byte[]? Greeting => new Hello(ControlMessage.Name, ControlMessage.Version, ControlMessage.Version, PeerMemory.MaxRegion, 0, 0, (byte)maxLog2RingSize).Write();

    public (byte[] Message, int Descriptor)? Take(ReadOnlySpan<byte> message, int descriptor)
    {
        MessageType type = ControlMessage.Type(message);
        if (Link is not null || (Port is null) != (type == MessageType.Init))
        {
            throw new MemifRefusal($"Unexpected message {(ushort)type}");
        }

        switch (type)
        {
            case MessageType.Init:
                Begin(Init.Read(message));
                break;
            case MessageType.AddRegion:
                _memory!.Add(AddRegion.Read(message), descriptor >= 0 ? descriptor : throw new MemifRefusal("Missing region fd"));
                break;
            case MessageType.AddRing:
                Add(AddRing.Read(message), descriptor);
                break;
            case MessageType.Connect:
                Connect(Ready.Read(message));
                return (new Ready(ControlMessage.Name).Write(MessageType.Connected), -1);
            default:
                throw new MemifRefusal($"Unexpected message {(ushort)type}");
        }

        return (ControlMessage.Make(MessageType.Ack), -1);
    }

    public void Dispose()
    {
        if (Link is null)
        {
            _bell?.Dispose();
            _memory?.Dispose();
        }
    }

    private void Begin(Init init)
    {
        Peer = init.Name;
        if (init.Version != ControlMessage.Version)
        {
            throw new MemifRefusal($"Incompatible memif version 0x{init.Version:x}, not 0x{ControlMessage.Version:x}");
        }

        MemifPort port = find(init.Id) ?? throw new MemifRefusal($"ID {init.Id} not found");
        if (isTaken(port))
        {
            throw new MemifRefusal($"Already connected: ID {init.Id} has a peer");
        }

        if (init.Mode != EthernetMode)
        {
            throw new MemifRefusal("Only ethernet mode supported");
        }

        string secret = port.Options.Secret;
        if (secret.Length > 0 && init.Secret != secret)
        {
            throw new MemifRefusal(init.Secret.Length == 0 ? "Secret required" : "Incorrect secret");
        }

        Port = port;
        _memory = new PeerMemory(port.Options.AcceptUnsealed);
    }

    private void Add(AddRing ring, int descriptor)
    {
        if (descriptor < 0 || LinkOf(descriptor) != EventFd)
        {
            throw new MemifRefusal(descriptor < 0 ? "Missing interrupt fd" : "A ring's interrupt fd is no eventfd");
        }

        if (ring.Index != 0 || (ring.IsToMaster ? _toMaster : _toSlave) is not null)
        {
            throw new MemifRefusal($"Invalid ring index {ring.Index}: one ring a direction is taken");
        }

        int most = Port!.Options.Log2RingSize;
        if (ring.Log2Size < MemifPort.LeastLog2RingSize || ring.Log2Size > most)
        {
            throw new MemifRefusal($"A ring of 2^{ring.Log2Size} descriptors: 2^{MemifPort.LeastLog2RingSize} .. 2^{most} are taken", $"rsize={Math.Clamp((int)ring.Log2Size, 1, MemifAbi.MostLog2RingSize)} takes it");
        }

        if (ring.PrivateHeader != 0)
        {
            throw new MemifRefusal("Private headers are not supported");
        }

        MemifRing memory = _memory!.Ring(ring);
        if (ring.IsToMaster)
        {
            _toMaster = memory;
            return;
        }

        _toSlave = memory;
        try
        {
            _bell = new PeerBell(descriptor);
        }
        catch (Win32Exception e)
        {
            throw new MemifRefusal("Out of descriptors", e.Message);
        }
    }

    private void Connect(Ready ready)
    {
        if (_toMaster is not { } toMaster || _toSlave is not { } toSlave)
        {
            throw new MemifRefusal("CONNECT without a ring in each direction");
        }

        string peer = ready.Name.Length > 0 ? $"{Peer} {ready.Name}" : Peer;
        Link = MemifLink.OfMaster(peer, _memory!, _bell!, toMaster, toSlave);
    }

    private static string? LinkOf(int descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
}
