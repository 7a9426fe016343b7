using PollScale.Memif;
using PollScale.Memif.Control;
using Xunit;

namespace PollScale.Tests.Memif.Control;

/// <summary>What an application may get wrong, or meet: it is told, and nothing of the link's memory is touched any more.</summary>
public sealed class PortRulesTests : IDisposable
{
    private readonly LinkLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Queues_of_a_link_that_is_gone_are_empty_and_full(bool lost)
    {
        using MemifSocket listening = MemifSocket.Listen(_lab.Path), connecting = MemifSocket.Connect(_lab.Path);
        using MemifPort server = listening.Add(_lab.Options("server")), client = connecting.Add(_lab.Options("client"));
        _lab.AwaitLinks(server, client);
        (RxQueue Rx, TxQueue Tx)[] queues = [(server.Rx, server.Tx), (client.Rx, client.Tx)];
        RxPacket[] packets = new RxPacket[4];
        Assert.All(queues, queue => Assert.True(queue.Tx.TrySend(new byte[60])));
        Assert.All(queues, queue => queue.Tx.Publish());
        Assert.All(queues, queue => Assert.Equal(1, queue.Rx.Burst(packets)));
        if (lost)
        {
            listening.Dispose();
            LinkLab.Await(() => !server.Poll() && !client.Poll(), () => "no link");
        }
        else
        {
            server.Dispose();
            client.Dispose();
        }

        foreach ((RxQueue rx, TxQueue tx) in queues)
        {
            Assert.Equal((0, 0, 0), (rx.Burst(packets), rx.Backlog, rx.Held));
            Assert.False(tx.TrySend(new byte[60]));
            tx.Publish();
            rx.Release(0);
            Assert.Throws<ArgumentOutOfRangeException>(() => rx.Release(1));
            Assert.Equal((0, 0, 64, 64), (rx.Burst(packets), rx.Backlog, rx.Size, tx.Size));
            Assert.False(tx.TrySend(new byte[5000]));
        }

        Assert.Throws<InvalidOperationException>(() => server.Rx);
        Assert.Throws<InvalidOperationException>(() => client.Tx);
    }

    [Fact]
    public void Who_comes_before_the_first_port_waits_for_it_and_is_told_of_its_rings()
    {
        using MemifSocket listening = MemifSocket.Listen(_lab.Path);
        using RawPeer early = RawPeer.Connect(_lab.Path);
        Assert.True(early.IsSilent(200));
        using (listening.Add(_lab.Options("first", log2: 9)))
        {
            Assert.Equal(9, Hello.Read(early.Receive()).MaxLog2RingSize);
        }

        using RawPeer between = RawPeer.Connect(_lab.Path);
        Assert.True(between.IsSilent(200));
        using MemifPort second = listening.Add(_lab.Options("second", log2: 7));
        Assert.Equal(7, Hello.Read(between.Receive()).MaxLog2RingSize);
    }

    [Fact]
    public void A_port_that_is_disposed_takes_no_link_that_was_offered()
    {
        using MemifSocket listening = MemifSocket.Listen(_lab.Path), connecting = MemifSocket.Connect(_lab.Path);
        using MemifPort server = listening.Add(_lab.Options("server"));
        MemifPort client = connecting.Add(_lab.Options("client"));
        Assert.True(client.WaitForLink(LinkLab.Patience, TestContext.Current.CancellationToken));
        client.Dispose();
        Assert.False(client.Poll());
        LinkLab.Await(() => client.Peer is null, () => "the end of the link");
        Assert.False(client.Poll());
        client.Dispose();
        _lab.AwaitTold("server: link down: the peer says: Interface is closed");
    }

    [Fact]
    public void A_socket_that_is_disposed_adds_no_port()
    {
        MemifSocket connecting = MemifSocket.Connect(_lab.Path);
        MemifPort port = connecting.Add(_lab.Options("client"));
        connecting.Dispose();
        Assert.Throws<ObjectDisposedException>(() => connecting.Add(_lab.Options("another", id: 1)));
        Assert.False(port.Poll());
        port.Dispose();
        connecting.Dispose();
        Assert.Throws<ArgumentNullException>(() => MemifSocket.Connect(null!));
        Assert.Throws<ArgumentNullException>(() => MemifSocket.Listen(null!));
        using MemifSocket other = MemifSocket.Connect(_lab.Path);
        Assert.Throws<ArgumentNullException>(() => other.Add(null!));
    }

    [Fact]
    public void Who_is_told_may_fail_and_the_link_stays()
    {
        using MemifSocket listening = MemifSocket.Listen(_lab.Path), connecting = MemifSocket.Connect(_lab.Path);
        using MemifPort server = listening.Add(_lab.Options("server")), client = connecting.Add(new MemifPortOptions { StatusChanged = _ => throw new InvalidOperationException("told") });
        _lab.AwaitLinks(server, client);
        using MemifPort second = listening.Add(_lab.Options("second", id: 1)), other = connecting.Add(_lab.Options("other", id: 1));
        _lab.AwaitLinks(server, client, second, other);
        Assert.Equal((1, 1), (client.LinksMade, other.LinksMade));
    }

    [Fact]
    public void A_packet_that_is_not_valid_is_not_sent_on()
    {
        using MemifSocket listening = MemifSocket.Listen(_lab.Path), connecting = MemifSocket.Connect(_lab.Path);
        using MemifPort server = listening.Add(_lab.Options("server")), client = connecting.Add(_lab.Options("client"));
        _lab.AwaitLinks(server, client);
        Assert.Throws<ArgumentException>(() => server.Tx.TrySend(default(RxPacket)));
        Assert.True(default(RxPacket).Span.IsEmpty && !default(RxPacket).IsValid);
    }

    [Fact]
    public void What_a_port_was_asked_for_is_written_without_its_secret() =>
        Assert.Equal("memif interface 7, rings of 2^6, buffers of 2048 bytes", _lab.Options("any", id: 7, secret: "hidden").ToString());
}
