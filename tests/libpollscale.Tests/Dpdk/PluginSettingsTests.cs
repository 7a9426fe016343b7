using System.Text.Json;
using Xunit;

namespace PollScale.C.Tests.Dpdk;

/// <summary>Whatever is wrong, the application comes up, forwards and ends as without the plugin.</summary>
[Collection(nameof(TestpmdTests))]
public class PluginSettingsTests
{
    private const string Loopback = "transport=loopback", Eal = "-l 0,1 --vdev=net_null0 --vdev=net_null1", Own = "-- --total-num-mbufs=4096 -i --auto-start";

    [Theory]
    [InlineData("transport=loopback rings=3", "has no option 'rings'; it takes transport, ")]
    [InlineData("transport=wire", "transport takes auto | hypercall")]
    [InlineData("governor=optimal-available:bogus=1", "has no option 'bogus'")]
    [InlineData("ring-size=31", "32 .. 65536")]
    [InlineData("warm-up=5", "warm-up is '5'; it must be a time, 100ms .. 60s")]
    [InlineData("idle=1h", "idle is '1h'; it must be a time")]
    [InlineData("idle=1s idle=2s", "'idle' is given twice")]
    [InlineData("ports=0-x", "ports is '0-x'; it must be numbers of ports 0 .. 31")]
    [InlineData("ports=3-2", "ports is '3-2'")]
    [InlineData("queues=2", "queues= is found out by the plugin")]
    public void A_wrong_setting_is_told_with_what_would_be_right_and_nothing_is_scaled(string settings, string words)
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, settings, Eal, Own);
        testpmd.AwaitTold(words);
        string told = Assert.Single(testpmd.Told);
        Assert.StartsWith("POLLSCALE_SETTINGS: ", told);
        Assert.EndsWith(" Nothing is scaled until it is right and the application is started again.", told);
        AssertForwards(testpmd, "wrong settings");
    }

    [Fact]
    public void Without_the_library_it_is_told_where_it_would_be_found()
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Loopback, Eal, Own, DpdkPlugin.PathAlone);
        testpmd.AwaitTold("libpollscale cannot be loaded: libpollscale.so.0: ");
        Assert.EndsWith("put it beside the plugin, or set LD_LIBRARY_PATH. Nothing is scaled; the application runs on as it did.", Assert.Single(testpmd.Told));
        AssertForwards(testpmd, "no library");
    }

    [Fact]
    public void Without_a_host_it_is_told_once()
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, "transport=guest-channel", "--lcores=0@0,1@1,2@0 --vdev=net_null0 --vdev=net_null1", Own + " --nb-cores=2");
        testpmd.AwaitTold("is not scaled, and runs on as it did: This VM has no virtio-serial port");
        testpmd.Await("lcore_2", "seen", _ => true);
        Assert.Single(testpmd.Told, line => line.Contains("not scaled", StringComparison.Ordinal));
        AssertForwards(testpmd, "runs");
    }

    [Fact]
    public void Only_the_named_ports_are_scaled()
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Loopback + " ports=1 warm-up=1s idle=300ms", Eal, Own);
        testpmd.AwaitScaled("lcore_1", "1:0");
        JsonElement settings = testpmd.Ask("/pollscale/settings")!.Value;
        Assert.Equal((1000, 300, 1), (settings.GetProperty("warm_up_ms").GetInt32(), settings.GetProperty("idle_ms").GetInt32(), settings.GetProperty("watched_queues").GetInt32()));
        AssertForwards(testpmd, "runs");
    }

    [Theory]
    [InlineData("/pollscale/lcores,7")]
    [InlineData("/pollscale/lcores,x")]
    [InlineData("/pollscale/decisions,-1")]
    public void Telemetry_of_an_lcore_that_is_none_is_nothing(string command)
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Loopback, Eal, Own);
        testpmd.AwaitScaled("lcore_1", "0:0 1:0");
        Assert.Equal(JsonValueKind.Null, testpmd.Ask(command)!.Value.ValueKind);
    }

    private static void AssertForwards(DpdkProgram testpmd, string state)
    {
        Assert.Equal(state, testpmd.Ask("/pollscale/settings")!.Value.GetProperty("state").GetString());
        Assert.Equal(0, testpmd.End("stop", "quit"));
        Assert.Matches("RX-total: [1-9]", testpmd.Output);
    }
}
