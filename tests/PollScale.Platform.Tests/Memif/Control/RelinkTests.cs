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
    private static readonly TimeSpan s_stopping = TimeSpan.FromSeconds(1);
    private readonly LinkLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    public void A_peer_may_stop_its_port_and_start_it_twenty_times(string role)
    {
        Testpmd.Require();
        using MemifSocket? listening = role == "client" ? MemifSocket.Listen(_lab.Path) : null;
        using Testpmd testpmd = new(Testpmd.Port(0, role, _lab.Path), "-i --forward-mode=io --auto-start");
        using MemifSocket? connecting = role == "server" ? MemifSocket.Connect(_lab.Path) : null;
        using MemifPort port = (listening ?? connecting!).Add(_lab.Options("port", 10));
        for (int link = 1; link <= Links; link++)
        {
            Carries(port, testpmd);
            Assert.Equal(link, port.LinksMade);
            testpmd.Say("stop", "port stop 0");
            LinkLab.Await(() => !port.Poll(), () => $"the end of link {link}; {testpmd.Output}");
            testpmd.Say("port start 0", "start");
        }
    }

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    public void A_port_may_be_ended_and_made_anew_twenty_times(string role)
    {
        Testpmd.Require();
        using MemifSocket? listening = role == "client" ? MemifSocket.Listen(_lab.Path) : null;
        using Testpmd testpmd = new(Testpmd.Port(0, role, _lab.Path), "-i --forward-mode=io --auto-start");
        using MemifSocket? connecting = role == "server" ? MemifSocket.Connect(_lab.Path) : null;
        for (int link = 1; link <= Links; link++)
        {
            using (MemifPort port = (listening ?? connecting!).Add(_lab.Options("port", 10)))
            {
                Carries(port, testpmd);
                Stop(testpmd);
            }

            testpmd.Say([.. role == "client" ? s_restart : [], "start"]);
        }
    }

    private void Carries(MemifPort port, Testpmd testpmd)
    {
        Assert.True(port.WaitForLink(LinkLab.Patience, TestContext.Current.CancellationToken), $"{string.Join('\n', _lab.Told)}\n{testpmd.Output}");
        Assert.True(port.Poll());
        Assert.Equal((Frames, 0), RoundTrips.Make(port, testpmd, Frames) is (int received, int outOfOrder, _) ? (received, outOfOrder) : default);
    }

    // DPDK 22.11 unmaps a link's memory while its lcores forward: where the peer goes meanwhile it may crash.
    private static void Stop(Testpmd testpmd)
    {
        testpmd.Say("stop");
        Thread.Sleep(s_stopping); // what it says comes when its buffer is full
    }
}
