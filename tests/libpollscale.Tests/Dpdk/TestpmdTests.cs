using System.Buffers.Binary;
using System.Text.Json;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.C.Tests.Dpdk;

/// <summary>Debian's dpdk-testpmd, unmodified, with <c>-d librte_pollscale.so</c>. Its lcore polls each port in turn.</summary>
[Collection(nameof(TestpmdTests))]
public class TestpmdTests
{
    private const string Loopback = "transport=loopback", Own = "-- --total-num-mbufs=4096 -i --auto-start";

    [Fact]
    public void An_idle_port_brings_its_lcore_to_the_slowest_P_state_and_the_main_lcore_gets_no_scaler()
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Loopback, "-l 0,1 --vdev=net_null0,no-rx=1 --vdev=net_null1,no-rx=1", Own);

        JsonElement lcore = testpmd.AwaitScaled("lcore_1", "0:0 1:0");
        Assert.Equal(("loopback", "optimal-available", 32), (lcore.GetProperty("transport").GetString(), lcore.GetProperty("governor").GetString(), lcore.GetProperty("burst_size").GetInt32()));
        lcore = testpmd.Await("lcore_1", "at 1 GHz", seen => seen.TryGetProperty("granted_khz", out JsonElement kHz) && kHz.GetInt32() == 1_000_000);
        Assert.Equal(lcore.GetProperty("polls").GetInt64(), lcore.GetProperty("empty_polls").GetInt64());
        JsonElement decisions = testpmd.Ask("/pollscale/decisions,1")!.Value;
        Assert.InRange(decisions.GetProperty("calls").GetInt64(), 2, decisions.GetProperty("decisions").GetInt64());
        Assert.Equal((0, 5), (decisions.GetProperty("failed_calls").GetInt32(), decisions.GetProperty("granted").GetInt32()));
        Assert.Equal("waits", testpmd.Lcore("lcore_0")?.GetProperty("state").GetString() ?? "waits");
        Assert.Equal(0, testpmd.End("stop", "quit"));
        Assert.DoesNotContain(testpmd.Told, line => line.StartsWith("lcore 0 ", StringComparison.Ordinal));
        Assert.Single(testpmd.Told, line => line.StartsWith("libpollscale 0.1.0 scales lcores that poll; POLLSCALE_SETTINGS=\"transport=loopback\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Full_bursts_of_a_port_that_cannot_tell_its_backlog_keep_the_fastest_P_state()
    {
        DpdkPlugin.Require();
        using TemporaryFolder folder = new();
        WritePcap(folder["packets.pcap"]);
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Loopback, $"-l 0,1 --vdev=net_pcap0,rx_pcap={folder["packets.pcap"]},infinite_rx=1", Own + " --forward-mode=rxonly");

        testpmd.AwaitScaled("lcore_1", "0:0");
        JsonElement lcore = testpmd.Await("lcore_1", "busy", seen => seen.TryGetProperty("received", out JsonElement packets) && packets.GetInt64() > 100_000);
        Assert.Equal((lcore.GetProperty("polls").GetInt64(), 3_000_000), (lcore.GetProperty("full_polls").GetInt64(), lcore.GetProperty("granted_khz").GetInt32()));
        Assert.Equal(0, testpmd.End("stop", "quit"));
    }

    [Fact]
    public void A_stop_drops_the_scaler_a_start_brings_another_and_a_port_that_is_plugged_in_counts()
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Loopback, "-l 0,1 --vdev=net_null0,no-rx=1 --vdev=net_null1,no-rx=1", Own);

        testpmd.AwaitScaled("lcore_1", "0:0 1:0");
        testpmd.Say("stop");
        testpmd.Await("lcore_1", "waiting", lcore => lcore.GetProperty("state").GetString() == "waits" && lcore.GetProperty("queues").GetString() == "");
        testpmd.AwaitTold("lcore 1 polls no more: its scaler is dropped");
        testpmd.Say("port stop 0", "port start 0", "start");
        testpmd.AwaitScaled("lcore_1", "0:0 1:0");
        for (int time = 0; time < 2; time++) // the second has the number of the first
        {
            testpmd.Say("stop", "port attach net_null2,no-rx=1", "port start 2", "set portlist 0,1,2", "start");
            testpmd.AwaitScaled("lcore_1", "0:0 1:0 2:0");
            Assert.Equal(3, testpmd.Ask("/pollscale/settings")!.Value.GetProperty("watched_queues").GetInt32());
            testpmd.Say("stop", "port stop 2", "port detach 2");
            testpmd.Await("lcore_1", "resting", lcore => lcore.GetProperty("state").GetString() == "waits" && lcore.GetProperty("queues").GetString() == "");
        }

        Assert.Equal(0, testpmd.End("quit"));
    }

    [Fact]
    public void Queues_that_another_lcore_takes_over_are_told_by_it()
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Loopback, "--lcores=0@0,1@1,2@0 --vdev=net_null0,no-rx=1 --vdev=net_null1,no-rx=1", Own + " --nb-cores=2");

        testpmd.AwaitScaled("lcore_1", "0:0");
        testpmd.AwaitScaled("lcore_2", "1:0");
        testpmd.Say("stop", "set nbcore 1", "start");
        testpmd.AwaitScaled("lcore_1", "0:0 1:0");
        testpmd.Await("lcore_2", "waiting", lcore => lcore.GetProperty("state").GetString() == "waits");
        testpmd.Say("stop", "set corelist 2", "start");
        testpmd.AwaitScaled("lcore_2", "0:0 1:0");
        testpmd.Say("stop", "set burst 64", "start");
        testpmd.Await("lcore_2", "told of bursts of 64", lcore => lcore.TryGetProperty("burst_size", out JsonElement burst) && burst.GetInt32() == 64);
        Assert.Equal(0, testpmd.End("stop", "quit"));
    }

    // 64 packets of 64 bytes of an Ethernet link.
    private static void WritePcap(string path)
    {
        const int Packets = 64, Length = 64, Header = 24, PacketHeader = 16;
        byte[] file = new byte[Header + (Packets * (PacketHeader + Length))];
        BinaryPrimitives.WriteUInt32LittleEndian(file, 0xa1b2c3d4);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(16), 65535);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(20), 1);
        for (int at = Header; at < file.Length; at += PacketHeader + Length)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at + 8), Length);
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at + 12), Length);
        }

        File.WriteAllBytes(path, file);
    }
}
