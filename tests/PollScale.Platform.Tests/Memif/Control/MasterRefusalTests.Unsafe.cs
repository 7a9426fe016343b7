using System.Buffers.Binary;
using PollScale.Memif;
using PollScale.Memif.Control;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Memif.Control;

/// <summary>A server refuses what a slave must not say, with a reason that the slave is told, and goes on serving.</summary>
public sealed class MasterRefusalTests : IDisposable
{
    private readonly LinkLab _lab = new();
    private readonly MemifSocket _socket;
    private readonly MemifPort _port;
    private readonly SlaveParts _parts = new();

    public MasterRefusalTests()
    {
        _socket = MemifSocket.Listen(_lab.Path);
        _port = _socket.Add(_lab.Options("server", secret: "", log2: 8));
    }

    public void Dispose()
    {
        _port.Dispose();
        _socket.Dispose();
        _parts.Dispose();
        _lab.Dispose();
    }

    [Fact]
    public void An_honest_slave_is_taken()
    {
        using RawPeer peer = RawPeer.Slave(_lab.Path);
        _parts.Say(peer, 4);
        Assert.True(peer.Send(_parts.Connect));
        Assert.Equal(MessageType.Connected, ControlMessage.Type(peer.Receive()));
        _lab.AwaitLinks(_port);
        Assert.Equal("raw raw0", _port.Peer);
        Assert.True(peer.Send(new Disconnect(7, "tired\x1b[2J").Write()));
        Assert.Equal("server: link down: the peer says: tired?[2J", _lab.AwaitTold("link down"));
        Assert.False(_port.Poll());
    }

    [Fact]
    public void Another_version() => Refused(0, _parts.Init with { Version = 0x100 }, "Incompatible memif version 0x100, not 0x200");

    [Fact]
    public void Another_number() => Refused(0, _parts.Init with { Id = 99 }, "ID 99 not found");

    [Fact]
    public void Another_mode() => Refused(0, _parts.Init with { Mode = 1 }, "Only ethernet mode supported");

    [Fact]
    public void Another_secret()
    {
        using MemifPort port = _socket.Add(_lab.Options("secret", id: 5, secret: "swordfish"));
        Refused(0, _parts.Init with { Id = 5 }, "Secret required");
        Refused(0, _parts.Init with { Id = 5, Secret = "swordfisH" }, "Incorrect secret");
        Refused(0, _parts.Init with { Id = 5, Secret = "swordfish2" }, "Incorrect secret");
        using RawPeer peer = RawPeer.Slave(_lab.Path);
        peer.Say((_parts.Init with { Id = 5, Secret = "swordfish" }).Write());
    }

    [Fact]
    public void A_port_that_is_taken()
    {
        using RawPeer first = RawPeer.Slave(_lab.Path);
        _parts.Say(first, 1);
        Refused(0, _parts.Init, "Already connected: ID 0 has a peer");
        _parts.Say(first, 0);
    }

    [Fact]
    public void A_region_out_of_turn() => Refused(1, _parts.Region with { Index = 1 }, "Invalid region index 1, 0 is next", _parts.Memory);

    [Fact]
    public void A_region_without_memory() => Refused(1, _parts.Region, "Missing region fd");

    [Fact]
    public void A_region_beyond_its_file() =>
        Refused(1, _parts.Region with { Size = _parts.Size + 1 }, $"Region 0 of {_parts.Size + 1} bytes has a file of {_parts.Size} bytes", _parts.Memory);

    [Fact]
    public void A_region_of_nothing() => Refused(1, _parts.Region with { Size = 0 }, "Region 0 of 0 bytes", _parts.Memory);

    [Fact]
    public void A_region_that_may_shrink()
    {
        using StreamDescriptor memory = new(LibC.memfd_create("unsealed", LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING));
        Assert.Equal(0, LibC.ftruncate(memory.Fd, _parts.Size));
        Refused(1, _parts.Region, "A region's memfd is not sealed against shrinking (F_SEAL_SHRINK)", memory.Fd);
        Assert.Contains("unsealed=accept", _lab.AwaitTold("F_SEAL_SHRINK"), StringComparison.Ordinal);

        using MemifPort trusting = _socket.Add(_lab.Options("trusting", id: 5) with { AcceptUnsealed = true });
        using RawPeer peer = RawPeer.Slave(_lab.Path);
        peer.Say((_parts.Init with { Id = 5 }).Write());
        peer.Say(_parts.Region.Write(), memory.Fd);
    }

    [Fact]
    public void A_region_of_huge_pages()
    {
        using StreamDescriptor memory = new(LibC.memfd_create("huge", LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING | LibC.MFD_HUGETLB));
        Assert.SkipWhen(memory.Fd < 0, "This kernel has no huge pages.");
        Assert.Equal(0, LibC.fcntl(memory.Fd, LibC.F_ADD_SEALS, LibC.F_SEAL_SHRINK));
        Refused(1, _parts.Region, "A region's memfd has huge pages", memory.Fd);
    }

    [Fact]
    public void A_region_that_is_no_memory() => Refused(1, _parts.Region, "F_SEAL_SHRINK", _parts.Event.Fd);

    [Fact]
    public void A_region_that_may_not_be_written()
    {
        using StreamDescriptor memory = new(LibC.memfd_create("sealed", LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING));
        Assert.Equal(0, LibC.ftruncate(memory.Fd, _parts.Size));
        Assert.Equal(0, LibC.fcntl(memory.Fd, LibC.F_ADD_SEALS, LibC.F_SEAL_SHRINK | LibC.F_SEAL_WRITE));
        Refused(1, _parts.Region, "Region 0 cannot be mapped", memory.Fd);
    }

    [Theory]
    [InlineData(9, "A ring of 2^9 descriptors: 2^1 .. 2^8 are taken")]
    [InlineData(0, "A ring of 2^0 descriptors")]
    [InlineData(255, "A ring of 2^255 descriptors")]
    public void A_ring_of_another_size(byte log2, string reason) => Refused(2, _parts.ToMaster with { Log2Size = log2 }, reason, _parts.Event.Fd);

    [Fact]
    public void A_ring_in_no_region() => Refused(2, _parts.ToMaster with { Region = 1 }, "A ring lies in region 1, which is not there", _parts.Event.Fd);

    [Theory]
    [InlineData(-128)]
    [InlineData(-4)]
    [InlineData(4)]
    [InlineData(1)]
    public void A_ring_that_leaves_its_region(int fromEnd) => Refused(2, _parts.ToMaster with { Offset = (uint)(_parts.Size + fromEnd) }, "does not fit region 0", _parts.Event.Fd);

    [Fact]
    public void A_ring_at_the_end_of_32_bits() => Refused(2, _parts.ToMaster with { Offset = uint.MaxValue - 3 }, "does not fit region 0", _parts.Event.Fd);

    [Fact]
    public void A_ring_without_a_cookie() => Refused(2, _parts.ToMaster with { Offset = 4 }, "A ring has the wrong cookie", _parts.Event.Fd);

    [Fact]
    public void A_ring_without_an_eventfd()
    {
        Refused(2, _parts.ToMaster, "Missing interrupt fd");
        Refused(2, _parts.ToMaster, "A ring's interrupt fd is no eventfd", _parts.Memory);
    }

    [Fact]
    public void A_second_ring()
    {
        Refused(2, _parts.ToMaster with { Index = 1 }, "Invalid ring index 1", _parts.Event.Fd);
        Refused(3, _parts.ToMaster, "Invalid ring index 0", _parts.Event.Fd);
    }

    [Fact]
    public void A_ring_with_a_private_header() => Refused(2, _parts.ToMaster with { PrivateHeader = 8 }, "Private headers are not supported", _parts.Event.Fd);

    [Fact]
    public void A_connect_that_comes_early() => Refused(3, _parts.Connect, "CONNECT without a ring in each direction");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(65535)]
    public void A_message_before_its_time(ushort type) => Refused(0, ControlMessage.Make((MessageType)type), $"Unexpected message {type}");

    [Fact]
    public void A_second_INIT() => Refused(1, _parts.Init.Write(), "Unexpected message 3");

    [Fact]
    public void A_message_after_the_link_is_up()
    {
        using RawPeer peer = RawPeer.Slave(_lab.Path);
        _parts.Say(peer, 4);
        Assert.True(peer.Send(_parts.Connect));
        Assert.Equal(MessageType.Connected, ControlMessage.Type(peer.Receive()));
        Assert.True(peer.Send(_parts.Region.Write(), _parts.Memory));
        Assert.Equal("Unexpected message 4", peer.AwaitRefusal());
        _lab.AwaitTold("link down: the peer 'raw' is refused: Unexpected message 4.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(129)]
    [InlineData(4096)]
    public void A_message_of_another_size(int bytes) => Refused(0, new byte[bytes], "Invalid message size");

    [Fact]
    public void Descriptors_that_nobody_asked_for() => Refused(0, _parts.Init.Write(), "A message with more than one descriptor", _parts.Memory, _parts.Event.Fd);

    [Fact]
    public void Who_says_nothing_makes_room_for_others()
    {
        RawPeer[] silent = [.. Enumerable.Range(0, 40).Select(_ => RawPeer.Slave(_lab.Path))];
        using RawPeer peer = RawPeer.Slave(_lab.Path);
        _parts.Say(peer, 4);
        Assert.Equal("Too many connections without a link", silent[0].AwaitRefusal());
        Array.ForEach(silent, one => one.Dispose());
    }

    [Fact]
    public void Who_does_not_go_on_is_sent_away()
    {
        using RawPeer peer = RawPeer.Slave(_lab.Path);
        _parts.Say(peer, 3);
        Assert.Equal("Time is up for the handshake", peer.AwaitRefusal());
        Assert.Contains("has not made its link within 5 s", _lab.AwaitTold("has not made"), StringComparison.Ordinal);
    }

    [Fact]
    public void Indices_are_0_when_the_slave_is_connected_and_a_hostile_head_is_no_backlog()
    {
        using RawPeer peer = RawPeer.Slave(_lab.Path);
        using MappedRegion memory = MappedRegion.Map(_parts.Memory, 0, _parts.Size, LibC.PROT_READ | LibC.PROT_WRITE, "the slave's memory");
        Put(memory, MemifAbi.HeadOffset, 77);
        _parts.Say(peer, 4);
        Assert.True(peer.Send(_parts.Connect));
        Assert.Equal(MessageType.Connected, ControlMessage.Type(peer.Receive()));
        _lab.AwaitLinks(_port);
        Assert.Equal(0, _port.Rx.Backlog);
        Put(memory, MemifAbi.HeadOffset, ushort.MaxValue);
        Assert.Equal(_port.Rx.Size, _port.Rx.Backlog);
    }

    private static unsafe void Put(MappedRegion memory, int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(new Span<byte>(memory.Address + offset, sizeof(ushort)), value);

    private void Refused(int steps, Init message, string reason) => Refused(steps, message.Write(), reason);

    private void Refused(int steps, AddRegion message, string reason, params int[] descriptors) => Refused(steps, message.Write(), reason, descriptors);

    private void Refused(int steps, AddRing message, string reason, params int[] descriptors) => Refused(steps, message.Write(), reason, descriptors);

    private void Refused(int steps, byte[] message, string reason, params int[] descriptors)
    {
        using RawPeer peer = RawPeer.Slave(_lab.Path);
        _parts.Say(peer, steps);
        Assert.True(peer.Send(message, descriptors));
        Assert.Contains(reason, peer.AwaitRefusal(), StringComparison.Ordinal);
        Assert.False(_port.Poll());
    }
}
