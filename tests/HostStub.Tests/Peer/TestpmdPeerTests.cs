using System.Text.Json;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Memif;
using Xunit;

namespace PollScale.HostStub.Tests.Peer;

/// <summary><c>run --memif</c> against Debian's dpdk-testpmd, which forwards back what it is sent.</summary>
[Collection(nameof(PeerCollection))]
public sealed class TestpmdPeerTests : IDisposable
{
    private const string Interface = ",id=2,secret=swordfish,rsize=14", Back = "--auto-start --port-topology=loop --forward-mode=";
    private readonly TemporaryFolder _folder = new();

    private string Socket => _folder["memif.sock"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("client", "io", "64")]
    [InlineData("server", "macswap", "imix")]
    public void All_that_is_offered_comes_back_in_order(string ours, string mode, string size)
    {
        Testpmd.Require();
        string[] traffic = ["--traffic", "constant:rate=50kpps", "--duration", "2s", "--frame-size", size];
        using PeerRun? before = ours == "server" ? Begin(ours, traffic) : null;
        using Testpmd testpmd = new(Testpmd.Port(0, ours == "server" ? "client" : "server", Socket, Interface), Back + mode);
        using PeerRun? behind = ours == "client" ? Begin(ours, traffic) : null;
        PeerRun run = before ?? behind!;

        JsonElement summary = run.Finish(0);
        Assert.Contains("link up with 'DPDK", run.Error, StringComparison.Ordinal);
        Assert.Equal((100_000, 100_000, 0, 0), (summary.Count("offered"), summary.Count("forwarded"), summary.Count("lost"), summary.Count("out_of_order")));
        Assert.Equal((0, 0, 0, 1, 0), (summary.Count("duplicated"), summary.Count("unstamped"), summary.Count("invalid"), summary.Count("links"), summary.Count("links_lost")));
        double[] delay = [.. ((string[])["p50", "p99", "p999", "max"]).Select(name => summary.GetProperty("delay_us").GetProperty(name).GetDouble())];
        Assert.True(delay[0] > 0 && delay.SequenceEqual(delay.Order()), string.Join(", ", delay));
        PeerAccount.AssertBalanced(summary);
    }

    [Fact]
    public void A_peer_that_is_killed_and_started_again_costs_packets_and_the_run_goes_on()
    {
        Testpmd.Require();
        using PeerRun run = Begin("server", "--traffic", "constant:rate=50kpps", "--duration", "5m");
        using (new Testpmd(Testpmd.Port(0, "client", Socket, Interface), Back + "io"))
        {
            run.Await("packets forwarded", () => run.Latest("forwarded") > 1000);
        }

        run.Await("packets without a link", () => run.Latest("no_link") > 1000);
        long then = run.Latest("forwarded");
        using Testpmd again = new(Testpmd.Port(0, "client", Socket, Interface), Back + "io");
        run.Await("packets forwarded again", () => run.Latest("forwarded") > then + 1000);
        run.Signal("TERM");

        JsonElement summary = run.Finish(143);
        Assert.Contains("link down: the peer is gone", run.Error, StringComparison.Ordinal);
        Assert.Equal((2, 1, "stopped by SIGTERM", "interrupted"), (summary.Count("links"), summary.Count("links_lost"), summary.GetProperty("cause").GetString(), summary.GetProperty("status").GetString()));
        Assert.True(summary.Dropped("no_link") > 1000);
        PeerAccount.AssertBalanced(summary);
    }

    [Fact]
    public void A_peer_s_refusal_is_told_in_its_words()
    {
        Testpmd.Require();
        using Testpmd testpmd = new(Testpmd.Port(0, "server", Socket, ",id=2,secret=shibboleth"), Back + "io");
        using PeerRun run = Begin("client", "--traffic", "constant:rate=1kpps");
        run.Await("the refusal", () => run.Error.Contains("the peer says: Incorrect secret", StringComparison.Ordinal));
        run.Signal("INT");

        JsonElement summary = run.Finish(130);
        Assert.StartsWith("Stopped by Ctrl-C before a peer came: no link: the peer says: Incorrect secret", summary.GetProperty("cause").GetString(), StringComparison.Ordinal);
    }

    private PeerRun Begin(string role, params string[] arguments)
    {
        PeerRun run = new($"{Socket},role={role}{Interface}", arguments);
        if (role == "server")
        {
            run.Await("the socket", () => File.Exists(Socket));
        }

        return run;
    }
}
