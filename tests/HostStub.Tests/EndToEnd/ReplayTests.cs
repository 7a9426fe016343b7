using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using PollScale.HostStub.Tests.Hostile;
using PollScale.HostStub.Traffic.Frames;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.Native;
using PollScale.Randomness;
using Xunit;
using static PollScale.HostStub.Tests.Traffic.Pcap.CaptureWriter;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>Captures of every kind through the program, as a user replays them: what comes back, what is said, what it exits with.</summary>
[Collection(KvmLab.Collection)]
public sealed class ReplayTests : IDisposable
{
    private const uint Ethernet = 1;
    private readonly string _folder = Directory.CreateTempSubdirectory("pollscale-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_frame_of_segmentation_offload_is_forwarded_in_a_ring_that_fits()
    {
        HostStubProcess.Result run = Replay(PcapFile(Micro, Ethernet, false, new(1, 0, Udp(60)), new(1, 1, Udp(33_000)), new(1, 2, Udp(60))));
        Assert.Equal((0, 3, 3), Counts(run));
        Assert.Contains("The rings have", Notes(run), StringComparison.Ordinal);

        HostStubProcess.Result asked = Replay(PcapFile(Micro, Ethernet, false, new(1, 0, Udp(60)), new(1, 1, Udp(33_000))), "--ring", "16384");
        Assert.Equal(1, asked.ExitCode);
        Assert.Equal(("summary", "failed"), (asked.Summary.GetProperty("type").GetString(), asked.Summary.GetProperty("status").GetString()));
        Assert.Contains("--ring 8192", asked.Summary.GetProperty("cause").GetString()!, StringComparison.Ordinal);
        Assert.Contains("--ring 8192", asked.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_that_ends_inside_a_packet_is_replayed_up_to_there_and_says_so()
    {
        HostStubProcess.Result run = Replay(PcapFile(Micro, Ethernet, false, [.. Enumerable.Range(0, 66).Select(i => new Packet(1, (uint)i, Udp(60)))])[..^20]);
        Assert.Equal((0, 65, 65), Counts(run));
        Assert.Contains("truncated dump file", Notes(run), StringComparison.Ordinal);
        Assert.Contains("The capture ends early, after packet 65", run.Summary.GetProperty("cause").GetString()!, StringComparison.Ordinal);
        Assert.False(run.Summary.GetProperty("replay").GetProperty("whole").GetBoolean());

        HostStubProcess.Result text = HostStubProcess.Demo(needsKvm: false, "--no-vm", "--pcap", In, "--pcap-speed", "max");
        Assert.Contains("Note      The capture ends early", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_of_raw_packets_is_replayed_and_cut_packets_are_explained()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        {
            gzip.Write(PcapFile(Nano, 101, true, [.. Enumerable.Range(0, 100).Select(i => new Packet(1, (uint)i, Udp(100, (ulong)i)[14..(i < 50 ? 100 : 40)], 86))]));
        }

        HostStubProcess.Result run = Replay(packed.ToArray());
        Assert.Equal((0, 100, 50), Counts(run));
        Assert.Equal(50, run.Count("dropped", "bad_total_length"));
        Assert.Contains("50 of 100 packets were cut by the snap length", Notes(run), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_refused_is_refused_in_text_json_and_exit_code()
    {
        foreach ((byte[] file, string expected) in ((byte[] File, string Text)[])[
            ([.. PcapNg((ushort)Ethernet, new Packet(1, 0, Udp(60))), .. Convert.FromHexString("010000001400000071000000000004001400" + "0000")], "not damaged, but holds 2 interfaces"),
            (PcapFile(Micro, 105, false, new Packet(1, 0, Udp(60))), "IEEE802_11"), ([], "is empty"), (PcapFile(Micro, Ethernet, false), "without a packet"),
            (Convert.FromHexString("28B52FFD0000000000000000"), "compressed with zstd")])
        {
            HostStubProcess.Result run = Replay(file);
            Assert.Equal((1, 1), (run.ExitCode, run.Summary.GetProperty("exit_code").GetInt32()));
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
            Assert.Contains(expected, run.Summary.GetProperty("cause").GetString()!, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Routes_reach_the_guest_and_without_them_the_summary_says_what_to_do(bool vm)
    {
        byte[][] frames = [.. Enumerable.Range(0, 200).Select(i => To(Udp(60, (ulong)i), i % 2 == 0 ? 172u : 198u))];
        byte[] file = PcapFile(Micro, Ethernet, false, [.. frames.Select((frame, i) => new Packet(1, (uint)i, frame))]);
        HostStubProcess.Result none = Run(vm, file);
        Assert.Equal((0, 200, 0), Counts(none));
        Assert.Contains("200 of 200 packets were dropped as no_route", Notes(none), StringComparison.Ordinal);
        Assert.Contains("--default-route", Notes(none), StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(_folder, "routes"), "# half of them\n172.0.0.0/8 via 3\n");
        HostStubProcess.Result half = Run(vm, file, "--routes", Path.Combine(_folder, "routes"));
        Assert.Equal((0, 200, 100), Counts(half));

        HostStubProcess.Result all = Run(vm, file, "--routes", Path.Combine(_folder, "routes"), "--pcap-out", Out, "--default-route", "9");
        Assert.Equal((0, 200, 200), Counts(all));
        using PcapTrace forwarded = PcapTrace.Load(Out);
        Assert.Equal([3, 9, 3, 9], Enumerable.Range(0, 4).Select(i => (int)forwarded[i].Span[5]));
        Assert.True(Enumerable.Range(0, 200).All(i => forwarded[i].Span[26..].SequenceEqual(frames[i].AsSpan(26)) && forwarded[i].Span[22] == frames[i][22] - 1));

        HostStubProcess.Result plain = Run(vm, file, "--default-route");
        Assert.Equal((0, 200, 200), Counts(plain));
    }

    [Fact]
    public void A_mistake_in_a_routes_file_is_named_by_line_and_column()
    {
        File.WriteAllText(Path.Combine(_folder, "routes"), "10.0.0.0/8 1\n10.0.0.1/8 1\n");
        HostStubProcess.Result run = Replay(PcapFile(Micro, Ethernet, false, new Packet(1, 0, Udp(60))), "--routes", Path.Combine(_folder, "routes"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("routes:2:1: 10.0.0.1/8 has bits beyond its length: the network is 10.0.0.0/8.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_in_a_gap_of_years_ends_the_run_and_finishes_the_recording()
    {
        File.WriteAllBytes(In, PcapFile(Micro, Ethernet, false, new Packet(1, 0, Udp(60)), new Packet(315_576_001, 0, Udp(60))));
        using Process process = HostStubProcess.StartDemo(needsKvm: false, "--no-vm", "--json", "--pcap", In, "--pcap-out", Out);
        JsonElement capture = JsonDocument.Parse(process.StandardOutput.ReadLine()!).RootElement.GetProperty("capture");
        Assert.Equal(315_576_000, capture.GetProperty("replay_s").GetDouble());
        Thread.Sleep(2500);
        Assert.Equal(0, LibC.kill(process.Id, 2));
        HostStubProcess.Result run = HostStubProcess.Finish(process);
        Assert.Equal((130, 1, 1), Counts(run));
        Assert.Contains("The replay ended after 1 of 2 packets: stopped by Ctrl-C.", run.Summary.GetProperty("cause").GetString()!, StringComparison.Ordinal);
        using PcapTrace recorded = PcapTrace.Load(Out);
        Assert.Equal(1, recorded.Count);
    }

    [Fact]
    public void A_time_limit_that_ends_a_replay_names_itself()
    {
        File.WriteAllBytes(In, PcapFile(Micro, Ethernet, false, new Packet(1, 0, Udp(60)), new Packet(315_576_001, 0, Udp(60))));
        HostStubProcess.Result run = HostStubProcess.Demo(needsKvm: false, "--no-vm", "--json", "--pcap", In, "--duration", "500ms");
        Assert.Equal((0, 1, 1), Counts(run));
        Assert.Contains("--duration 500 ms is over", run.Summary.GetProperty("cause").GetString()!, StringComparison.Ordinal);
        HostStubProcess.Result text = HostStubProcess.Demo(needsKvm: false, "--no-vm", "--pcap", In, "--duration", "500ms");
        Assert.Contains("over 10 years; the replay takes 10 years", text.Output, StringComparison.Ordinal);
    }

    private string In => Path.Combine(_folder, "in.pcap");

    private string Out => Path.Combine(_folder, "out.pcap");

    private HostStubProcess.Result Replay(byte[] file, params string[] options) => Run(vm: false, file, options);

    private HostStubProcess.Result Run(bool vm, byte[] file, params string[] options)
    {
        File.WriteAllBytes(In, file);
        string[] kind = vm ? [] : ["--no-vm"];
        return HostStubProcess.Demo(needsKvm: vm, [.. kind, "--json", "--pcap", In, "--pcap-speed", "max", .. options]);
    }

    private static (int Exit, int Offered, int Forwarded) Counts(HostStubProcess.Result run)
    {
        Assert.True(run.Output.Length > 0, run.Error);
        return (run.ExitCode, run.Summary.GetProperty("offered").GetInt32(), run.Summary.GetProperty("forwarded").GetInt32());
    }

    private static string Notes(HostStubProcess.Result run) => string.Join('\n', run.Summary.GetProperty("notes").EnumerateArray());

    private static byte[] Udp(int length, ulong seed = 1)
    {
        byte[] frame = new byte[length];
        SplitMix64 random = new(seed);
        FrameBuilder.BuildUdp(frame, ref random);
        return frame;
    }

    // Another first byte of the destination, and a header checksum to match (RFC 1624).
    private static byte[] To(byte[] frame, uint first)
    {
        uint sum = (uint)(ushort)~((frame[24] << 8) | frame[25]) + (uint)(ushort)~((frame[30] << 8) | frame[31]);
        frame[30] = (byte)first;
        sum += (uint)((frame[30] << 8) | frame[31]);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        (frame[24], frame[25]) = ((byte)(~sum >> 8), (byte)~sum);
        return frame;
    }
}
