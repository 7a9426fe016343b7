using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Frames;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.HostStub.Traffic.Recording;
using PollScale.Memif;
using PollScale.Randomness;
using Xunit;
using static PollScale.HostStub.Tests.Traffic.Pcap.CaptureWriter;

namespace PollScale.HostStub.Tests.Traffic;

/// <summary>Replays at full speed, what comes back recorded.</summary>
public sealed class MaxSpeedTests : IDisposable
{
    private const int Packets = 6096;
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("pollscale-test-").FullName;

    private string Input => Path.Combine(_folder, "in.pcap");

    private string Output => Path.Combine(_folder, "out.pcap");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(14)]
    public void Full_speed_overruns_no_ring_and_the_recording_is_the_capture(int log2Ring)
    {
        Packet[] packets = [.. Enumerable.Range(0, Packets).Select(i => new Packet(1, (uint)i, Udp(60 + (i % 7 * 200), (ulong)i)))];
        File.WriteAllBytes(Input, PcapFile(Micro, 1, false, packets));
        using TrafficSource source = TrafficSource.Parse($"pcap:file={Input},speed=max", FrameSizes.Default, 0, 0);
        using PacketMemory memory = new(PacketRegionLayout.Create(log2Ring, log2Ring, source.BufferSize));
        int seen = 0;
        // A guest that is away now and then: rings fill up on both sides.
        using EchoGuest guest = new(memory, _ => Thread.Sleep(++seen % 1500 == 0 ? 3 : 0));
        using ForwardedRecorder recorder = new(Output);
        TrafficGenerator generator = new(memory, source, new TrafficOptions { Duration = null, DrainTimeout = s_long, StartTimeout = s_long, RoomTimeout = s_long }, tap: recorder);
        recorder.Start();
        generator.Start();
        Assert.True(generator.Wait(s_long));
        recorder.Finish();

        TrafficSnapshot end = generator.Snapshot();
        Assert.Null(generator.Problem);
        Assert.Equal((0UL, 0UL), (end.RingFull, guest.TxFull));
        Assert.Equal(((ulong)Packets, (ulong)Packets), (end.Offered, end.Forwarded));
        Assert.Equal(((ulong)Packets, 0UL, (string?)null), (recorder.Counts.Packets, recorder.Counts.Missed, recorder.Counts.Failure));
        using PcapTrace back = PcapTrace.Load(Output);
        Assert.Equal(Packets, back.Count);
        Assert.Equal(0, back.Facts.Backward);
        Assert.True(Enumerable.Range(0, Packets).All(i => back[i].Span.SequenceEqual(packets[i].Data)));
        Assert.Equal([Input, Output], Directory.GetFiles(_folder).Order());
    }

    [Fact]
    public void A_guest_that_releases_nothing_ends_the_replay_with_the_reason()
    {
        File.WriteAllBytes(Input, PcapFile(Micro, 1, false, [.. Enumerable.Range(0, 200).Select(i => new Packet(1, (uint)i, Udp(60)))]));
        using TrafficSource source = TrafficSource.Parse($"pcap:file={Input},speed=max", FrameSizes.Default, 0, 0);
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        TrafficOptions options = new() { Duration = null, DrainTimeout = TimeSpan.FromMilliseconds(50), StartTimeout = s_long, RoomTimeout = TimeSpan.FromMilliseconds(300) };
        using ManualResetEventSlim quit = new();
        using EchoGuest guest = new(memory, _ => quit.Wait());
        TrafficGenerator generator = new(memory, source, options);
        generator.Start();
        Assert.True(generator.Wait(s_long));
        quit.Set();
        Assert.Contains("The guest released no packet for 0.3 s", generator.Problem!, StringComparison.Ordinal);
        Assert.Equal((0UL, 32UL), (generator.Snapshot().RingFull, generator.Snapshot().Offered));
    }

    [Fact]
    public void A_duration_that_ends_a_replay_is_told_from_its_end()
    {
        File.WriteAllBytes(Input, PcapFile(Micro, 1, false, new Packet(1, 0, Udp(60)), new Packet(1_000_000_000, 0, Udp(60))));
        Assert.True(IsTimeUp(TimeSpan.FromMilliseconds(30), 1));
        Assert.False(IsTimeUp(TimeSpan.FromSeconds(30), 1e6 * 1e3));

        bool IsTimeUp(TimeSpan duration, double speed)
        {
            using TrafficSource source = TrafficSource.Replay("test", PcapTrace.Load(Input), speed);
            using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
            using EchoGuest guest = new(memory);
            TrafficGenerator generator = new(memory, source, new TrafficOptions { Duration = duration, DrainTimeout = s_long, StartTimeout = s_long });
            generator.Start();
            Assert.True(generator.Wait(s_long));
            return generator.IsTimeUp;
        }
    }

    [Fact]
    public void What_does_not_fit_into_the_queue_is_counted_as_missing()
    {
        using ForwardedRecorder recorder = new(Output, () => Thread.Sleep(200), queue: 4096);
        recorder.Start();
        for (int i = 0; i < 1000; i++)
        {
            recorder.Take(Udp(60), 0);
        }

        recorder.Finish();
        RecordedFrames counts = recorder.Counts;
        Assert.InRange(counts.Packets, 1UL, 999UL);
        Assert.Equal(1000UL, counts.Packets + counts.Missed);
        using PcapTrace back = PcapTrace.Load(Output);
        Assert.Equal(counts.Packets, (ulong)back.Count);
    }

    [Fact]
    public void A_recording_appears_whole_replaces_a_file_and_writes_through_nothing()
    {
        File.WriteAllText(Output, "what was there");
        new ForwardedRecorder(Output).Dispose();
        Assert.Equal("what was there", File.ReadAllText(Output));
        using (ForwardedRecorder recorder = new(Output))
        {
            recorder.Start();
            recorder.Take(Udp(60), 0);
            Assert.Equal("what was there", File.ReadAllText(Output));
        }

        using PcapTrace trace = PcapTrace.Load(Output);
        Assert.Equal(1, trace.Count);
        Assert.Single(Directory.GetFiles(_folder));

        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, Output);
        Assert.Contains("a symbolic link", Refused(link), StringComparison.Ordinal);
        Assert.Contains("a folder", Refused(_folder), StringComparison.Ordinal);
        Assert.Contains("a device", Refused("/dev/null"), StringComparison.Ordinal);
        Assert.Contains("No such file or directory", Refused(Path.Combine(_folder, "absent", "out.pcap")), StringComparison.Ordinal);

        static string Refused(string path) => Assert.Throws<TrafficException>(() => new ForwardedRecorder(path)).Message;
    }

    [Fact]
    public void A_full_disk_leaves_the_packets_that_fit_and_is_told()
    {
        string small = Path.Combine(_folder, "small");
        Directory.CreateDirectory(small);
        using System.Diagnostics.Process mount = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", small]) { RedirectStandardError = true })!;
        mount.WaitForExit();
        Assert.SkipUnless(mount.ExitCode == 0, "A small tmpfs cannot be mounted: run as root.");
        try
        {
            string file = Path.Combine(small, "out.pcap");
            using ForwardedRecorder recorder = new(file);
            recorder.Start();
            for (int i = 0; i < 10_000; i++)
            {
                recorder.Take(Udp(60), 0);
            }

            recorder.Finish();
            RecordedFrames counts = recorder.Counts;
            Assert.Contains("No space left", counts.Failure!, StringComparison.Ordinal);
            Assert.Equal(10_000UL, counts.Packets + counts.Missed);
            Assert.InRange(counts.Packets, 2000UL, 3500UL);
            using PcapTrace kept = PcapTrace.Load(file);
            Assert.Equal((counts.Packets, (string?)null), ((ulong)kept.Count, kept.Damage));
        }
        finally
        {
            System.Diagnostics.Process.Start("umount", small).WaitForExit();
        }
    }

    private static byte[] Udp(int length, ulong seed = 1)
    {
        byte[] frame = new byte[length];
        SplitMix64 random = new(seed);
        FrameBuilder.BuildUdp(frame, ref random);
        return frame;
    }
}
