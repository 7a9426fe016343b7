using PollScale.Memif;
using PollScale.Memif.Control;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.Memif.Control;

public sealed class LinkTests : IDisposable
{
    private readonly LinkLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 2048)]
    [InlineData(10, 2048)]
    [InlineData(14, 256)]
    [InlineData(15, 64)]
    public void Packets_cross_whole_and_in_order_both_ways(int log2, int buffer)
    {
        using MemifSocket listening = MemifSocket.Listen(_lab.Path), connecting = MemifSocket.Connect(_lab.Path);
        using MemifPort server = listening.Add(_lab.Options("server", log2)), client = connecting.Add(_lab.Options("client", log2, buffer));
        _lab.AwaitLinks(server, client);

        Assert.Equal((1 << log2, 1 << log2, 1 << log2, 1 << log2), (server.Rx.Size, server.Tx.Size, client.Rx.Size, client.Tx.Size));
        Exchange(client.Tx, server.Rx, Math.Min(buffer, 1500), 1 << (log2 + 2));
        Exchange(server.Tx, client.Rx, Math.Min(buffer, 1500), 1 << (log2 + 2));
        Assert.Equal("PollScale PollScale", client.Peer);
    }

    [Theory]
    [InlineData(64, 65_536, 12)]
    [InlineData(64, 9_018, 8)]
    [InlineData(2048, 9_018, 5)]
    public void A_frame_longer_than_a_buffer_goes_over_several_and_comes_out_in_one_piece(int buffer, int longest, int log2)
    {
        using MemifSocket listening = MemifSocket.Listen(_lab.Path), connecting = MemifSocket.Connect(_lab.Path);
        using MemifPort server = listening.Add(_lab.Options("server", log2)), client = connecting.Add(_lab.Options("client", log2, buffer));
        _lab.AwaitLinks(server, client);

        Exchange(client.Tx, server.Rx, longest, 500);
        Exchange(server.Tx, client.Rx, longest, 500);
    }

    [Fact]
    public void More_chains_than_can_be_held_wait_in_the_ring()
    {
        using MemifSocket listening = MemifSocket.Listen(_lab.Path), connecting = MemifSocket.Connect(_lab.Path);
        using MemifPort server = listening.Add(_lab.Options("server", 8)), client = connecting.Add(_lab.Options("client", 8, 64));
        _lab.AwaitLinks(server, client);
        for (int i = 0; i < 50; i++)
        {
            Assert.True(client.Tx.TrySend(Frame((ulong)i, 300)));
        }

        client.Tx.Publish();
        RxPacket[] packets = new RxPacket[64];
        Assert.Equal(32, server.Rx.Burst(packets));
        Assert.Equal(0, server.Rx.Burst(packets.AsSpan(32)));
        Assert.Equal(32, server.Rx.Held);
        server.Rx.Release(10);
        Assert.Equal(10, server.Rx.Burst(packets.AsSpan(32, 10)));
        Assert.Equal(22 + 10, server.Rx.Held);
        server.Rx.Release(32);
        Assert.Equal(8, server.Rx.Burst(packets));
        server.Rx.Release(8);
        Assert.Equal((0, 0, 0ul), (server.Rx.Held, server.Rx.Backlog, server.Rx.BadDescriptors));
    }

    [Fact]
    public void Several_interfaces_share_a_socket()
    {
        using MemifSocket listening = MemifSocket.Listen(_lab.Path), connecting = MemifSocket.Connect(_lab.Path);
        using MemifPort one = listening.Add(_lab.Options("one", id: 1)), seven = listening.Add(_lab.Options("seven", id: 7, secret: "for seven, 24 bytes long"));
        using MemifPort to7 = connecting.Add(_lab.Options("to 7", id: 7, secret: "for seven, 24 bytes long")), to1 = connecting.Add(_lab.Options("to 1", id: 1));
        _lab.AwaitLinks(one, seven, to1, to7);

        Exchange(to7.Tx, seven.Rx, 60, 100);
        Exchange(to1.Tx, one.Rx, 60, 100);
        Exchange(one.Tx, to1.Rx, 60, 100);
        Assert.Throws<MemifException>(() => listening.Add(_lab.Options("again", id: 7)));
    }

    [Fact]
    public void An_abstract_name_leaves_no_file()
    {
        string name = $"@pollscale-{Guid.NewGuid():n}";
        using MemifSocket listening = MemifSocket.Listen(name), connecting = MemifSocket.Connect(name);
        using MemifPort server = listening.Add(_lab.Options("server")), client = connecting.Add(_lab.Options("client"));
        _lab.AwaitLinks(server, client);
        Assert.Throws<MemifException>(() => MemifSocket.Listen(name));
    }

    [Fact]
    public void A_path_in_use_is_refused_and_one_left_over_is_replaced()
    {
        using (MemifSocket.Listen(_lab.Path))
        {
            Assert.Contains("no other program serves it", Assert.Throws<MemifException>(() => MemifSocket.Listen(_lab.Path)).Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(_lab.Path));
        PollScale.Native.UnixSocket.Listen(_lab.Path, packets: true).Dispose();
        Assert.True(File.Exists(_lab.Path));
        using MemifSocket again = MemifSocket.Listen(_lab.Path);
        File.WriteAllText(_lab.Path + "2", "not a socket");
        Assert.Throws<MemifException>(() => MemifSocket.Listen(_lab.Path + "2"));
        Assert.True(File.Exists(_lab.Path + "2"));
        Assert.Throws<MemifException>(() => MemifSocket.Connect(new string('x', 108)));
    }

    [Fact]
    public void A_poll_of_a_link_allocates_nothing()
    {
        using MemifSocket listening = MemifSocket.Listen(_lab.Path), connecting = MemifSocket.Connect(_lab.Path);
        using MemifPort server = listening.Add(_lab.Options("server")), client = connecting.Add(_lab.Options("client"));
        _lab.AwaitLinks(server, client);
        RxPacket[] packets = new RxPacket[32];
        byte[] shortFrame = Frame(1, 60), longFrame = Frame(2, 5000);
        Allocated.Nothing(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                Assert.True(server.Poll() && client.Poll());
                client.Tx.TrySend(shortFrame);
                client.Tx.TrySend(longFrame);
                client.Tx.Publish();
                server.Rx.Release(server.Rx.Burst(packets));
                server.Tx.TrySend(longFrame);
                server.Tx.Publish();
                client.Rx.Release(client.Rx.Burst(packets));
            }
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(-1)]
    public void A_ring_size_out_of_range_is_refused(int log2)
    {
        using MemifSocket connecting = MemifSocket.Connect(_lab.Path);
        Assert.Contains("exponent", Assert.Throws<ArgumentException>(() => connecting.Add(_lab.Options("client", log2))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => connecting.Add(_lab.Options("client", buffer: 63)));
        Assert.Throws<ArgumentException>(() => connecting.Add(_lab.Options("client", 15, 65536)));
        Assert.Throws<ArgumentException>(() => connecting.Add(_lab.Options("client", secret: new string('x', 25))));
    }

    /// <summary>Sends frames of growing length as far as there is room, and takes them.</summary>
    private static void Exchange(TxQueue tx, RxQueue rx, int longest, int frames)
    {
        RxPacket[] packets = new RxPacket[32];
        int sent = 0, taken = 0;
        long end = Environment.TickCount64 + 20_000;
        while (taken < frames)
        {
            for (int i = 0; i < 40 && sent < frames && tx.TrySend(Frame((ulong)sent, Length(sent, longest))); i++)
            {
                sent++;
            }

            tx.Publish();
            int count = rx.Burst(packets);
            for (int i = 0; i < count; i++, taken++)
            {
                Assert.True(packets[i].IsValid && !packets[i].IsStamped);
                Assert.Equal(Frame((ulong)taken, Length(taken, longest)), packets[i].Span);
            }

            rx.Release(count);
            Assert.True(Environment.TickCount64 < end, $"{sent} sent, {taken} taken");
        }

        Assert.Equal((0, 0), (rx.Held, rx.Backlog));
    }

    private static int Length(int frame, int longest) => 60 + (frame * 37 % (longest - 59));

    private static byte[] Frame(ulong sequence, int length)
    {
        byte[] frame = new byte[length];
        frame.AsSpan().Fill((byte)sequence);
        new FrameStamp(sequence, sequence * 3).Write(frame);
        return frame;
    }
}
