using PollScale.Memif.Control;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Memif.Control;

/// <summary>A client that meets a master which is not as it should be: it says why, and tries again.</summary>
public sealed class SlaveRefusalTests : IDisposable
{
    private static readonly Hello s_hello = new("raw", ControlMessage.Version, ControlMessage.Version, 255, 0, 0, 14);
    private readonly LinkLab _lab = new();
    private readonly StreamDescriptor _listener;
    private readonly MemifSocket _socket;
    private readonly MemifPort _port;

    public SlaveRefusalTests()
    {
        _socket = MemifSocket.Connect(_lab.Path);
        _port = _socket.Add(_lab.Options("client", 8, secret: "swordfish", id: 4));
        _lab.AwaitTold("client: no link: nobody serves");
        _listener = UnixSocket.Listen(_lab.Path, packets: true);
    }

    public void Dispose()
    {
        _port.Dispose();
        _socket.Dispose();
        _listener.Dispose();
        _lab.Dispose();
    }

    [Fact]
    public void An_honest_master_is_told_everything_in_turn_and_buffers_are_posted_when_it_is_connected()
    {
        using RawPeer master = RawPeer.Master(_listener);
        Init init = Init.Read(Answer(master, s_hello.Write(), MessageType.Init));
        Assert.Equal((ControlMessage.Version, 4u, 0, "swordfish", "PollScale"), (init.Version, init.Id, init.Mode, init.Secret, init.Name));
        AddRegion region = AddRegion.Read(Answer(master, Ack, MessageType.AddRegion));
        Assert.Equal((0, (ulong)OwnMemory.Bytes(8, 2048)), (region.Index, region.Size));
        AddRing toMaster = AddRing.Read(Answer(master, Ack, MessageType.AddRing)), toSlave = AddRing.Read(Answer(master, Ack, MessageType.AddRing));
        Assert.Equal((true, false, 8, 8, 0, 0), (toMaster.IsToMaster, toSlave.IsToMaster, toMaster.Log2Size, toSlave.Log2Size, toMaster.Index, toSlave.Index));
        Answer(master, Ack, MessageType.Connect);
        Assert.False(_port.Poll());
        Assert.True(master.Send(new Ready("raw0").Write(MessageType.Connected)));
        _lab.AwaitLinks(_port);
        Assert.True(master.Send(new Disconnect(0, "maintenance").Write()));
        _lab.AwaitTold("client: link down: the peer says: maintenance");
        Assert.False(_port.Poll());
        using RawPeer again = RawPeer.Master(_listener);
        Answer(again, s_hello.Write(), MessageType.Init);
    }

    [Theory]
    [InlineData(0x100, 0x1FF)]
    [InlineData(0x201, 0x300)]
    public void Another_version(ushort least, ushort most) =>
        Refused(master => master.Send((s_hello with { MinVersion = least, MaxVersion = most }).Write()), "Incompatible memif version");

    [Fact]
    public void A_newer_master_that_speaks_ours_too()
    {
        using RawPeer master = RawPeer.Master(_listener);
        Answer(master, (s_hello with { MinVersion = 0, MaxVersion = 0xFFFF, MaxLog2RingSize = 255 }).Write(), MessageType.Init);
    }

    [Fact]
    public void A_master_with_smaller_rings()
    {
        using RawPeer master = RawPeer.Master(_listener);
        Answer(master, (s_hello with { MaxLog2RingSize = 3 }).Write(), MessageType.Init);
        Answer(master, Ack, MessageType.AddRegion);
        Assert.Equal(3, AddRing.Read(Answer(master, Ack, MessageType.AddRing)).Log2Size);
    }

    [Fact]
    public void A_master_without_rings() => Refused(master => master.Send((s_hello with { MaxLog2RingSize = 0 }).Write()), "Rings of 2^0 descriptors are too small");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(300)]
    public void A_message_before_its_time(ushort type) => Refused(master => master.Send(ControlMessage.Make((MessageType)type)), $"Unexpected message {type}");

    [Fact]
    public void A_second_HELLO() => Refused(master =>
    {
        Answer(master, s_hello.Write(), MessageType.Init);
        master.Send(s_hello.Write());
    }, "Unexpected message 2");

    [Fact]
    public void A_CONNECTED_that_comes_early() => Refused(master =>
    {
        Answer(master, s_hello.Write(), MessageType.Init);
        master.Send(ControlMessage.Make(MessageType.Connected));
    }, "Unexpected message 7");

    [Fact]
    public void A_master_that_says_nothing()
    {
        using RawPeer master = RawPeer.Master(_listener);
        Assert.Equal("Time is up for the handshake", master.AwaitRefusal());
    }

    private static byte[] Ack => ControlMessage.Make(MessageType.Ack);

    private static byte[] Answer(RawPeer master, byte[] message, MessageType expected)
    {
        Assert.True(master.Send(message));
        byte[] answer = master.Receive();
        Assert.Equal(expected, ControlMessage.Type(answer));
        return answer;
    }

    private void Refused(Action<RawPeer> say, string reason)
    {
        using RawPeer master = RawPeer.Master(_listener);
        say(master);
        Assert.Contains(reason, master.AwaitRefusal(), StringComparison.Ordinal);
        _lab.AwaitTold(reason);
        Assert.False(_port.Poll());
        using RawPeer again = RawPeer.Master(_listener);
        Answer(again, s_hello.Write(), MessageType.Init);
    }
}
