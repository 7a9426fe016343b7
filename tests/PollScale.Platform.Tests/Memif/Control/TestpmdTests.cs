using PollScale.Clock;
using PollScale.Memif.Control;
using PollScale.Tests.Shared.Memif;
using Xunit;

namespace PollScale.Tests.Memif.Control;

/// <summary>Debian's dpdk-testpmd as the peer, in both roles: what is sent to it comes back, all of it and in order.</summary>
[Collection(nameof(TestpmdTests))]
public sealed class TestpmdTests : IDisposable
{
    private const int Frames = 1_000_000;
    private readonly LinkLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData("server", 10, 2048)]
    [InlineData("server", 12, 2048)]
    [InlineData("client", 10, 2048)]
    [InlineData("client", 14, 2048)]
    [InlineData("client", 8, 512)]
    public void Packets_go_through_a_forwarder_and_come_back_in_order(string role, int log2, int buffer)
    {
        Testpmd.Require();
        bool isClient = role == "server";
        using MemifSocket? listening = isClient ? null : MemifSocket.Listen(_lab.Path);
        using MemifPort? server = listening?.Add(_lab.Options("server", log2, secret: "swordfish", id: 3));
        using Testpmd testpmd = new(Testpmd.Port(0, role, _lab.Path, $",id=3,secret=swordfish,rsize={log2},bsize={buffer}"), "--forward-mode=io --auto-start");
        using MemifSocket? connecting = isClient ? MemifSocket.Connect(_lab.Path) : null;
        using MemifPort? client = connecting?.Add(_lab.Options("client", log2, buffer, secret: "swordfish", id: 3));
        MemifPort port = server ?? client!;

        Assert.True(port.WaitForLink(LinkLab.Patience, TestContext.Current.CancellationToken), $"{string.Join('\n', _lab.Told)}\n{testpmd.Output}");
        Assert.True(port.Poll());
        Assert.Equal(1 << log2, port.Rx.Size);
        Assert.Contains("DPDK", port.Peer, StringComparison.Ordinal);
        (int received, int outOfOrder, ulong slowest) = RoundTrips.Make(port, testpmd, Frames);
        Assert.Equal((Frames, 0, 0ul), (received, outOfOrder, port.Rx.BadDescriptors));
        Assert.InRange(slowest, 1ul, TscClock.FromNanoseconds(20_000_000_000));
    }

    [Fact]
    public void Long_frames_go_through_a_forwarder_with_short_buffers()
    {
        Testpmd.Require();
        using MemifSocket listening = MemifSocket.Listen(_lab.Path);
        using MemifPort port = listening.Add(_lab.Options("server", 10));
        using Testpmd testpmd = new(Testpmd.Port(0, "client", _lab.Path, ",rsize=10,bsize=512"), "--forward-mode=io --auto-start --mbuf-size=2176 --max-pkt-len=1518");
        Assert.True(port.WaitForLink(LinkLab.Patience, TestContext.Current.CancellationToken), testpmd.Output);
        Assert.True(port.Poll());

        (int received, int outOfOrder, _) = RoundTrips.Make(port, testpmd, 20_000, 1500);
        Assert.Equal((20_000, 0, 0ul), (received, outOfOrder, port.Rx.BadDescriptors));
    }

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    public void A_peer_that_is_killed_is_missed_at_once_and_the_next_one_is_taken(string role)
    {
        Testpmd.Require();
        using MemifSocket socket = role == "client" ? MemifSocket.Listen(_lab.Path) : MemifSocket.Connect(_lab.Path);
        using MemifPort port = socket.Add(_lab.Options("port", 10));
        for (int i = 0; i < 2; i++)
        {
            using (Testpmd testpmd = new(Testpmd.Port(0, role, _lab.Path), "--forward-mode=io --auto-start"))
            {
                Assert.True(port.WaitForLink(LinkLab.Patience, TestContext.Current.CancellationToken), testpmd.Output);
                Assert.True(port.Poll());
                Assert.Equal(1000, RoundTrips.Make(port, testpmd, 1000).Received);
            }

            LinkLab.Await(() => !port.Poll(), () => "the end of the link");
            if (role == "server")
            {
                File.Delete(_lab.Path); // a server of DPDK that was killed leaves it, and the next one does not replace it
            }
        }

        Assert.Equal(2, port.LinksMade);
        _lab.AwaitTold("link down: the peer is gone");
    }

    [Fact]
    public void What_a_forwarder_refuses_is_told_in_its_words()
    {
        Testpmd.Require();
        using Testpmd testpmd = new(Testpmd.Port(0, "server", _lab.Path, ",id=1,secret=swordfish"), "--forward-mode=io --auto-start");
        using MemifSocket first = MemifSocket.Connect(_lab.Path), second = MemifSocket.Connect(_lab.Path);
        using MemifPort wrongId = first.Add(_lab.Options("id", id: 2)), none = first.Add(_lab.Options("none", id: 1)), wrong = second.Add(_lab.Options("wrong", id: 1, secret: "tuna"));
        _lab.AwaitTold("id: no link: the peer says: ID not found");
        _lab.AwaitTold("none: no link: the peer says: Secret required");
        _lab.AwaitTold("wrong: no link: the peer says: Incorrect secret");
    }
}
