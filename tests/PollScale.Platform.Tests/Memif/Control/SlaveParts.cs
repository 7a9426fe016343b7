using PollScale.Memif.Control;
using PollScale.Native;

namespace PollScale.Tests.Memif.Control;

/// <summary>What an honest slave says, message by message, and what tests make of it.</summary>
internal sealed class SlaveParts : IDisposable
{
    private readonly OwnMemory _memory;

    public SlaveParts(int log2 = 6)
    {
        Log2 = log2;
        _memory = new OwnMemory(log2, 2048);
        Event = new StreamDescriptor(LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK));
    }

    public int Log2 { get; }

    /// <summary>An eventfd.</summary>
    public StreamDescriptor Event { get; }

    public int Memory => _memory.Fd;

    public uint Size => (uint)_memory.Size;

    public Init Init { get; } = new(ControlMessage.Version, 0, 0, "", "raw");

    public AddRegion Region => new(0, Size);

    public AddRing ToMaster => new(true, 0, 0, OwnMemory.ToMasterRing, (byte)Log2, 0);

    public AddRing ToSlave => new(false, 0, 0, _memory.ToSlaveRing, (byte)Log2, 0);

    public byte[] Connect { get; } = new Ready("raw0").Write(MessageType.Connect);

    /// <summary>Message and descriptor of a step: INIT, ADD_REGION, both ADD_RINGs, CONNECT.</summary>
    public (byte[] Message, int Descriptor) this[int step] => step switch
    {
        0 => (Init.Write(), -1),
        1 => (Region.Write(), Memory),
        2 => (ToMaster.Write(), Event.Fd),
        3 => (ToSlave.Write(), Event.Fd),
        _ => (Connect, -1),
    };

    /// <summary>Says the first steps, which are taken.</summary>
    public void Say(RawPeer peer, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            (byte[] message, int descriptor) = this[step];
            peer.Say(message, descriptor < 0 ? [] : [descriptor]);
        }
    }

    public void Dispose()
    {
        _memory.Dispose();
        Event.Dispose();
    }
}
