using PollScale.Memif.Control;
using PollScale.Tests.Shared.Memif;
using Xunit;

namespace PollScale.Tests.Memif.Control;

/// <summary>Links with Debian's dpdk-testpmd that end, from either side and in both roles, and are made again: each carries packets.</summary>
[Collection(nameof(TestpmdTests))]
public sealed class RelinkTests : IDisposable
{
    private const int Links = 20, Frames = 1000;

    // A client of DPDK connects when its port starts.
    private static readonly string[] s_restart = ["port stop 0", "port start 0"];
    private readonly LinkLab _lab = new();
    private MemifSocket? _socket;
    private Testpmd? _testpmd;

    public void Dispose()
    {
        _socket?.Dispose();
        _testpmd?.Dispose();
        _lab.Dispose();
    }

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    public void A_peer_may_stop_its_port_and_start_it_twenty_times(string role)
    {
        (MemifSocket socket, Testpmd testpmd) = Begin(role);
        using MemifPort port = socket.Add(_lab.Options("port", 10));
        for (int link = 1; link <= Links; link++)
        {
            Carries(port, testpmd);
            Assert.Equal(link, port.LinksMade);
            testpmd.StopForwarding();
            testpmd.Say("port stop 0");
            LinkLab.Await(() => !port.Poll(), () => $"the end of link {link}; {testpmd.Output}");
            testpmd.Say("port start 0", "start");
        }
    }

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    public void A_port_may_be_ended_and_made_anew_twenty_times(string role)
    {
        (MemifSocket socket, Testpmd testpmd) = Begin(role);
        for (int link = 1; link <= Links; link++)
        {
            using (MemifPort port = socket.Add(_lab.Options("port", 10)))
            {
                Carries(port, testpmd);
                testpmd.StopForwarding();
            }

            testpmd.Say([.. role == "client" ? s_restart : [], "start"]);
        }
    }

    // Whoever serves is there first.
    private (MemifSocket Socket, Testpmd Testpmd) Begin(string role)
    {
        Testpmd.Require();
        _socket = role == "client" ? MemifSocket.Listen(_lab.Path) : null;
        _testpmd = new Testpmd(Testpmd.Port(0, role, _lab.Path), "-i --forward-mode=io --auto-start");
        return (_socket ??= MemifSocket.Connect(_lab.Path), _testpmd);
    }

    private void Carries(MemifPort port, Testpmd testpmd)
    {
        Assert.True(port.WaitForLink(LinkLab.Patience, TestContext.Current.CancellationToken), $"{string.Join('\n', _lab.Told)}\n{testpmd.Output}");
        Assert.True(port.Poll());
        Assert.Equal((Frames, 0), RoundTrips.Make(port, testpmd, Frames) is (int received, int outOfOrder, _) ? (received, outOfOrder) : default);
    }
}
