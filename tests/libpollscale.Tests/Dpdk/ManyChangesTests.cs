using System.Globalization;
using System.Text.Json;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Memif;
using Xunit;

namespace PollScale.C.Tests.Dpdk;

/// <summary>Debian's dpdk-testpmd with the plugin, changed again and again: no scaler is left over, no descriptor, thread or memory is lost.</summary>
[Collection(nameof(TestpmdTests))]
public class ManyChangesTests
{
    private const int Times = 20, Settled = 4, Looks = 20, RuntimesOwn = 3, MostGrowthKiB = 32 * 1024;
    private const string Quick = "transport=loopback warm-up=100ms idle=100ms", Own = "-- --total-num-mbufs=4096 -i --auto-start";

    [Fact]
    public void Ports_stop_and_start_twenty_times()
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Quick, "-l 0,1 --vdev=net_null0,no-rx=1 --vdev=net_null1,no-rx=1", Own);
        AssertFlat(testpmd, _ =>
        {
            testpmd.AwaitScaled("lcore_1", "0:0 1:0");
            testpmd.Say("stop", "port stop all");
            testpmd.Await("lcore_1", "waiting", lcore => lcore.GetProperty("state").GetString() == "waits" && lcore.GetProperty("queues").GetString() == "");
            testpmd.Say("port start all", "start");
        });
        testpmd.AwaitScaled("lcore_1", "0:0 1:0");
        Assert.Equal(0, testpmd.End("stop", "quit"));
        Assert.Equal(Times + 1, testpmd.Told.Count(line => line.StartsWith("lcore 1 on CPU 1 is scaled", StringComparison.Ordinal)));
    }

    [Fact]
    public void Queues_move_twenty_times()
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Quick, "--lcores=0@0,1@1,2@0 --vdev=net_null0,no-rx=1 --vdev=net_null1,no-rx=1", Own + " --nb-cores=1");
        AssertFlat(testpmd, time =>
        {
            (int polls, int rests) = time % 2 == 0 ? (1, 2) : (2, 1);
            testpmd.Say("stop", $"set corelist {polls}", "start");
            testpmd.AwaitScaled($"lcore_{polls}", "0:0 1:0");
            testpmd.AwaitUnscaled($"lcore_{rests}");
        });
        Assert.Equal(0, testpmd.End("stop", "quit"));
    }

    /// <summary>Packets come by a ring that the port itself fills.</summary>
    [Fact]
    public void A_ring_s_lcore_is_scaled()
    {
        DpdkPlugin.Require();
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Quick, "-l 0,1 --vdev=net_ring0", Own);
        testpmd.AwaitScaled("lcore_1", "0:0");
        testpmd.Await("lcore_1", "at 1 GHz", lcore => KHz(lcore) == 1_000_000);
        Assert.Equal(0, testpmd.End("stop", "quit"));
    }

    /// <summary>
    /// Another testpmd sends, or does not, as it is told. A queue that is empty again is told of, also beside one that is always. By drain-time: optimal-available sees that no request
    /// over loopback takes effect. The driver does not tell of its ring; a short one would hold a faster P-state, and so would a peak that was learned while the poller was kept off its CPU.
    /// </summary>
    [Theory]
    [InlineData("", "0:0")]
    [InlineData(" --vdev=net_null0,no-rx=1", "0:0 1:0")]
    public void Traffic_that_begins_and_ends_moves_the_P_state_of_a_memif_lcore(string beside, string queues)
    {
        DpdkPlugin.Require();
        using TemporaryFolder folder = new();
        string socket = folder["memif.sock"];
        using DpdkProgram testpmd = new(DpdkPlugin.Testpmd, Quick + " ring-size=4096 governor=drain-time:peak=3000000", $"-l 0,1 {Testpmd.Port(0, "server", socket, ",rsize=12")}{beside}", Own + " --forward-mode=rxonly");
        testpmd.AwaitScaled("lcore_1", queues);
        using Testpmd sender = new(Testpmd.Port(0, "client", socket, ",rsize=12"), "-i --forward-mode=txonly", lcores: "--lcores=0@1,1@0");
        for (int step = 0; step < 2; step++)
        {
            testpmd.Await("lcore_1", "at 1 GHz", lcore => KHz(lcore) == 1_000_000);
            sender.Say("start");
            testpmd.Await("lcore_1", "faster", lcore => KHz(lcore) > 1_000_000);
            sender.Say("stop");
        }

        testpmd.Await("lcore_1", "at 1 GHz again", lcore => KHz(lcore) == 1_000_000);
        Assert.Equal(0, testpmd.End("stop", "quit"));
    }

    private static int KHz(JsonElement lcore) => lcore.TryGetProperty("granted_khz", out JsonElement kHz) ? kHz.GetInt32() : 0;

    // What the first few changes make is made once. Heaps grow by megabytes at a time, and hold what is garbage already.
    private static void AssertFlat(DpdkProgram testpmd, Action<int> change)
    {
        (int Descriptors, int Threads, int KiB) then = default;
        for (int time = 0; time < Times; time++)
        {
            change(time);
            then = time == Settled ? Held(testpmd.Id) : then;
        }

        (int descriptors, int threads, int kiB) = Held(testpmd.Id);
        Assert.InRange(descriptors, 1, then.Descriptors + RuntimesOwn);
        Assert.InRange(threads, 1, then.Threads + RuntimesOwn);
        Assert.InRange(kiB - then.KiB, -then.KiB, MostGrowthKiB);
    }

    // The least of some looks: who was asked by telemetry a moment ago may still have a thread for it.
    private static (int Descriptors, int Threads, int KiB) Held(int process)
    {
        (int Descriptors, int Threads, int KiB) least = HeldNow(process);
        for (int look = 0; look < Looks; look++)
        {
            Thread.Sleep(20);
            (int descriptors, int threads, int kiB) = HeldNow(process);
            least = (Math.Min(least.Descriptors, descriptors), Math.Min(least.Threads, threads), Math.Min(least.KiB, kiB));
        }

        return least;
    }

    private static (int Descriptors, int Threads, int KiB) HeldNow(int process)
    {
        string rss = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return (Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, Directory.GetDirectories($"/proc/{process}/task").Length, int.Parse(rss.AsSpan(6, rss.Length - 9), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture));
    }
}
