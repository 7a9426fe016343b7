using System.Diagnostics;
using System.Text.Json;
using PollScale.HostStub.Tests.Hostile;
using PollScale.HostStub.Tests.Traffic.Pcap;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>The whole product: VM, forwarder, traffic, calls. Rates are low, so that a busy machine loses nothing.</summary>
[Collection(KvmLab.Collection)]
public class ClosedLoopTests
{
    [Theory]
    [InlineData("port")]
    [InlineData("mmio")]
    public void A_forwarder_in_a_vm_scales_its_core_through_each_doorbell(string doorbell)
    {
        HostStubProcess.Result run = HostStubProcess.Demo(needsKvm: true, "--json", "--doorbell", doorbell,
            "--traffic", "step:low=0.05Mpps,high=1.3Mpps,at=500ms,for=500ms", "--duration", "1500ms");

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        JsonElement summary = run.Summary;
        Assert.Equal(doorbell, summary.GetProperty("doorbell").GetString());
        Assert.Equal("emulated", summary.GetProperty("p_states").GetString());
        Assert.True(summary.GetProperty("accounted").GetBoolean());
        Assert.Equal(summary.GetProperty("offered").GetInt64(), summary.GetProperty("forwarded").GetInt64());
        Assert.InRange(summary.GetProperty("offered").GetInt64(), 600_000, 800_000);
        Assert.InRange(summary.GetProperty("energy_saved_percent").GetDouble(), 5, 80);
        Assert.True(summary.GetProperty("transitions").GetInt64() > 0);
        Assert.True(run.Count("calls", "granted") > 0);
        Assert.True(summary.GetProperty("round_trip_ns").GetProperty("p50").GetDouble() > 0);
        Assert.True(summary.GetProperty("delay_us").GetProperty("p99").GetDouble() > 0);
        Assert.True(summary.GetProperty("boot_ms").GetDouble() > 0);
    }

    /// <summary>CPU time by the kernel's count, not by a model: what is asleep takes none.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_forwarder_that_waits_frees_its_cpu(bool needsKvm)
    {
        HostStubProcess.Result Run(string wait) => HostStubProcess.Demo(needsKvm, [.. needsKvm ? (string[])[] : ["--no-vm"], "--json", "--traffic", "constant:rate=1kpps", "--duration", "3s",
            "--", "--governor", $"optimal-available:delay-bound=5ms,max-wait={wait},wake-time=1ms"]);
        JsonElement polls = Run("0us").Summary, waits = Run("1ms").Summary;

        Assert.Equal((0, 0.0), (polls.GetProperty("waits").GetInt64(), polls.GetProperty("lcore").GetProperty("asleep_percent").GetDouble()));
        Assert.True(waits.GetProperty("waits").GetInt64() > 100, $"{waits}");
        JsonElement lcore = waits.GetProperty("lcore");
        Assert.True(lcore.GetProperty("late_us").GetProperty("p50").GetDouble() >= 0, $"{waits}");
        double asleep = lcore.GetProperty("asleep_percent").GetDouble();
        Assert.InRange(asleep, 5, 100);
        if (lcore.GetProperty("cpu_percent").ValueKind == JsonValueKind.Number)
        {
            Assert.True(lcore.GetProperty("cpu_percent").GetDouble() < 110 - asleep, $"{waits}");
            Assert.True(lcore.GetProperty("wake_ups_per_s").GetDouble() > 10, $"{waits}");
            Assert.InRange(waits.GetProperty("sleep_cost_us").GetDouble(), 0.1, 1000);
            Assert.InRange(waits.GetProperty("least_cpu_percent").GetDouble(), lcore.GetProperty("work_percent").GetDouble(), 100);
        }
    }

    [Fact]
    public void A_host_that_is_killed_leaves_no_plain_process_behind_that_polls()
    {
        using Process host = HostStubProcess.StartDemo(needsKvm: false, "--json", "--no-vm", "--traffic", "constant:rate=1kpps", "--duration", "60s");
        Assert.NotNull(host.StandardOutput.ReadLine()); // the guest has begun
        string[] Guests() => [.. Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _))
            .Where(folder => Try(() => File.ReadAllText($"{folder}/cmdline").Contains($"/proc/{host.Id}/fd/", StringComparison.Ordinal)))];
        static bool Try(Func<bool> look)
        {
            try
            {
                return look();
            }
            catch (IOException)
            {
                return false; // it has ended meanwhile
            }
        }

        Assert.True(SpinWait.SpinUntil(() => Guests().Length == 1, TimeSpan.FromSeconds(20)), "There is no guest.");
        Thread.Sleep(500); // its runtime has begun too
        host.Kill();
        Assert.True(SpinWait.SpinUntil(() => Guests().Length == 0, TimeSpan.FromSeconds(20)), "The guest polls on.");
    }

    [Fact]
    public void The_same_forwarder_runs_as_a_plain_process()
    {
        HostStubProcess.Result run = HostStubProcess.Demo(needsKvm: false, "--json", "--no-vm",
            "--traffic", "constant:rate=0.1Mpps", "--duration", "1s");

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Equal("socket", run.Summary.GetProperty("doorbell").GetString());
        Assert.Equal(run.Summary.GetProperty("offered").GetInt64(), run.Summary.GetProperty("forwarded").GetInt64());
    }

    [Fact]
    public void Malformed_frames_are_dropped_and_counted_by_cause()
    {
        HostStubProcess.Result run = HostStubProcess.Demo(needsKvm: true, "--json", "--malformed", "0.1",
            "--traffic", "constant:rate=0.1Mpps", "--duration", "1s");

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.True(run.Summary.GetProperty("accounted").GetBoolean());
        foreach (string cause in (string[])["truncated", "not_ipv4", "bad_version", "bad_header_length", "bad_total_length", "bad_checksum", "ttl_expired"])
        {
            Assert.True(run.Count("dropped", cause) > 100, $"{cause}: {run.Output}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_capture_is_replayed_whole_and_in_order(bool pcapng)
    {
        const int Good = 900, NoIp = 60, Expired = 40;
        List<CaptureWriter.Packet> packets = [];
        for (int i = 0; i < Good + NoIp + Expired; i++)
        {
            byte ttl = i % 25 == 0 ? (byte)1 : (byte)64; // 40 of 1000
            bool ip = i % 50 is not (1 or 2 or 3); // 60 of 1000 are not
            packets.Add(new CaptureWriter.Packet(1_700_000_000, (uint)(i * 200), Frame(i, ttl, ip)));
        }

        string path = Path.Combine(Path.GetTempPath(), $"pollscale-{Guid.NewGuid():n}.pcap");
        const int Ethernet = 1;
        File.WriteAllBytes(path, pcapng
            ? CaptureWriter.PcapNg(Ethernet, [.. packets.Select(p => p with { Fraction = p.Fraction * 1000 })])
            : CaptureWriter.PcapFile(CaptureWriter.Micro, Ethernet, bigEndian: false, [.. packets]));
        try
        {
            HostStubProcess.Result run = HostStubProcess.Demo(needsKvm: true, "--json", "--pcap", path);

            Assert.True(run.ExitCode == 0, run.Error + run.Output);
            Assert.Equal(packets.Count, run.Summary.GetProperty("offered").GetInt64());
            Assert.Equal(Good, run.Summary.GetProperty("forwarded").GetInt64());
            Assert.Equal(NoIp, run.Count("dropped", "not_ipv4"));
            Assert.Equal(Expired, run.Count("dropped", "ttl_expired"));
            Assert.Equal(0, run.Summary.GetProperty("out_of_order").GetInt64());
            Assert.True(run.Summary.GetProperty("accounted").GetBoolean());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_runtime_passes_its_own_test_in_a_vm()
    {
        HostStubProcess.Result run = HostStubProcess.RunProbe("selftest");

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Contains("selftest ok", run.Error + run.Output);
    }

    [Fact]
    public void Ctrl_C_ends_the_run_with_its_summary()
    {
        using Process process = HostStubProcess.StartDemo(needsKvm: true, "--json", "--traffic", "constant:rate=0.05Mpps", "--duration", "40s");
        string? first = process.StandardOutput.ReadLine(); // the header: the run has begun
        Assert.NotNull(first);
        Thread.Sleep(1500);
        Assert.Equal(0, LibC.kill(process.Id, 2));

        HostStubProcess.Result run = HostStubProcess.Finish(process);

        Assert.True(run.ExitCode == 130, run.Error + run.Output);
        Assert.True(run.Summary.GetProperty("offered").GetInt64() > 0);
        Assert.True(run.Summary.GetProperty("accounted").GetBoolean());
    }

    private static byte[] Frame(int number, byte ttl, bool ip)
    {
        byte[] frame = new byte[60];
        frame[12] = 0x08;
        frame[13] = (byte)(ip ? 0x00 : 0x06);
        Span<byte> header = frame.AsSpan(14, 20);
        header[0] = 0x45;
        header[3] = 46;
        header[4] = (byte)(number >> 8);
        header[5] = (byte)number;
        header[8] = ttl;
        header[9] = 17;
        byte[] source = [192, 0, 2, 1], destination = [10, (byte)number, (byte)(number >> 3), 7];
        source.CopyTo(header[12..]);
        destination.CopyTo(header[16..]);
        uint sum = 0;
        for (int i = 0; i < header.Length; i += 2)
        {
            sum += (uint)((header[i] << 8) | header[i + 1]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = ~(sum + (sum >> 16));
        header[10] = (byte)(sum >> 8);
        header[11] = (byte)sum;
        return frame;
    }
}
