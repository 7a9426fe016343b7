using System.Diagnostics;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Frames;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.HostStub.Traffic.Profiles;
using PollScale.Memif;
using PollScale.Randomness;
using Xunit;
using static PollScale.HostStub.Tests.Traffic.Pcap.CaptureWriter;

namespace PollScale.HostStub.Tests.Traffic.Pcap;

public sealed class PcapTests : IDisposable
{
    private const uint Ethernet = 1;
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);
    private readonly string _path = $"/dev/shm/pollscale-test-{Guid.NewGuid():N}.pcap";

    public void Dispose() => File.Delete(_path);

    public static TheoryData<string> Formats => ["micro", "nano", "big-endian", "pcapng"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_format_gives_the_same_packets_and_times(string format)
    {
        byte[][] data = [Udp(60), Udp(1514), [1, 2, 3], Udp(61), []];
        uint unit = format == "micro" ? 1u : 1000u;
        Packet[] packets =
        [
            new(1_700_000_000, 999_990 * unit, data[0]), new(1_700_000_001, 10 * unit, data[1]), new(1_700_000_001, 5 * unit, data[2]),
            new(1_700_000_001, 10 * unit, data[3], 9000), new(1_700_000_003, 0, data[4]),
        ];
        File.WriteAllBytes(_path, format switch
        {
            "micro" => PcapFile(Micro, Ethernet, false, packets),
            "nano" => PcapFile(Nano, Ethernet, false, packets),
            "big-endian" => PcapFile(Nano, Ethernet, true, packets),
            _ => PcapNg((ushort)Ethernet, packets),
        });

        using PcapTrace trace = PcapTrace.Load(_path);

        Assert.Equal(5, trace.Count);
        Assert.Equal([0, 20_000, 20_000, 20_000, 2_000_010_000], Enumerable.Range(0, 5).Select(trace.TimeNs));
        Assert.Equal(1, trace.Facts.Backward);
        Assert.Equal(1, trace.Facts.Cut);
        Assert.Equal(1514, trace.MaxLength);
        Assert.Null(trace.Damage);
        for (int i = 0; i < 5; i++)
        {
            Assert.True(trace[i].Span.SequenceEqual(data[i]));
        }
    }

    [Fact]
    public void A_replay_delivers_the_same_bytes_in_the_same_order()
    {
        Random random = new(4);
        Packet[] packets = [.. Enumerable.Range(0, 3000).Select(i => new Packet(5, (uint)(i * 10), Udp(60 + random.Next(1400), (ulong)i)))];
        File.WriteAllBytes(_path, PcapFile(Micro, Ethernet, false, packets));
        foreach (string speed in new[] { "1", "2.5", "max" })
        {
            int next = 0;
            bool equal = true;
            using TrafficSource source = TrafficSource.Parse($"pcap:file={_path},speed={speed}", FrameSizes.Default, 0, 0);
            using PacketMemory memory = new(PacketRegionLayout.Create(12, 12, source.BufferSize));
            using EchoGuest guest = new(memory, packet => equal &= packet.Span.SequenceEqual(packets[next++].Data));
            TrafficGenerator generator = new(memory, source, new TrafficOptions { Duration = s_long, DrainTimeout = s_long, StartTimeout = s_long });
            generator.Start();
            Assert.True(generator.Wait(s_long));

            TrafficSnapshot end = generator.Snapshot();
            Assert.Null(generator.Problem);
            Assert.Equal(3000UL, end.Offered);
            Assert.Equal(0UL, end.RingFull);
            Assert.Equal(3000, next);
            Assert.True(equal);
            Assert.Equal(3000UL, end.Forwarded);
            Assert.True(speed == "max" || end.ElapsedNs >= 29_989_000 / double.Parse(speed, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Speed_divides_the_recorded_times()
    {
        File.WriteAllBytes(_path, PcapFile(Nano, Ethernet, false, new Packet(0, 0, Udp(60)), new Packet(1, 500, Udp(60)), new Packet(int.MaxValue, 0, Udp(60))));
        using PcapTrace trace = PcapTrace.Load(_path);
        Assert.Equal([0, 500_000_250, 1_073_741_823_500_000_000, ITrafficProfile.End], Times(2));
        Assert.Equal([0, 0, 0, ITrafficProfile.End], Times(double.PositiveInfinity));
        Assert.True(Times(0.001)[2] < ITrafficProfile.End);

        long[] Times(double speed)
        {
            PcapProfile profile = new("pcap", trace, speed);
            return [profile.Next(), profile.Next(), profile.Next(), profile.Next()];
        }
    }

    [Fact]
    public void A_capture_that_was_cut_off_is_replayed_up_to_the_cut()
    {
        byte[] file = PcapFile(Micro, Ethernet, false, new Packet(0, 0, Udp(60)), new Packet(0, 1, Udp(60)));
        File.WriteAllBytes(_path, file[..^10]);
        using PcapTrace trace = PcapTrace.Load(_path);
        Assert.Equal(1, trace.Count);
        Assert.NotNull(trace.Damage);
    }

    [Fact]
    public void What_cannot_be_replayed_is_named()
    {
        Refused("No such file");
        File.WriteAllBytes(_path, []);
        Refused("is empty");
        File.WriteAllText(_path, "This is no capture, but it is long enough to hold the header of one.");
        Refused("not a capture");
        File.WriteAllBytes(_path, PcapFile(Micro, Ethernet, false));
        Refused("without a packet");
        File.WriteAllBytes(_path, PcapFile(Micro, Ethernet, false, new Packet(0, 0, Udp(60)))[..30]);
        Refused("cut off or damaged before its first packet");
        File.WriteAllBytes(_path, PcapFile(Micro, 105, false, new Packet(0, 0, Udp(60))));
        Refused("link type 105 (IEEE802_11), of which no Ethernet frames can be made");
        Assert.Contains("a folder", Assert.Throws<PcapException>(() => PcapTrace.Load("/dev/shm")).Message, StringComparison.Ordinal);
        Assert.Contains("is a device, not a regular file", Assert.Throws<PcapException>(() => PcapTrace.Load("/dev/zero")).Message, StringComparison.Ordinal);
        Assert.Throws<PcapException>(() => PcapTrace.Load("a\0b"));
        Assert.Throws<PcapException>(() => PcapTrace.Load("-"));
        File.Delete(_path);
        using Process mkfifo = Process.Start("mkfifo", _path);
        mkfifo.WaitForExit();
        Refused("is a FIFO, not a regular file");
    }

    [Fact]
    public void A_capture_beyond_the_limit_is_refused()
    {
        File.WriteAllBytes(_path, PcapFile(Micro, Ethernet, false, [.. Enumerable.Range(0, 100).Select(i => new Packet(0, (uint)i, Udp(1000)))]));
        PcapException fault = Assert.Throws<PcapException>(() => PcapTrace.Load(_path, 50_000));
        Assert.Contains("up to packet", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_gives_packets_or_a_named_error_and_never_a_crash()
    {
        Packet[] packets = [.. Enumerable.Range(0, 6).Select(i => new Packet(1_700_000_000, (uint)i, Udp(60 + i)))];
        byte[][] images = [PcapFile(Micro, Ethernet, false, packets), PcapFile(Nano, Ethernet, true, packets), PcapNg((ushort)Ethernet, packets)];
        Random random = new(6);
        int loaded = 0;
        int refused = 0;
        for (int i = 0; i < 12_000; i++)
        {
            byte[] image = [.. images[i % images.Length]];
            switch (i / 3 % 4)
            {
                case 0:
                    image = image[..random.Next(image.Length)];
                    break;
                case 1:
                    for (int flips = random.Next(1, 20); flips > 0; flips--)
                    {
                        image[random.Next(image.Length)] ^= (byte)(1 << random.Next(8));
                    }

                    break;
                case 2:
                    int start = random.Next(image.Length - 8);
                    random.NextBytes(image.AsSpan(start, random.Next(1, 8)));
                    break;
                default:
                    random.NextBytes(image.AsSpan(random.Next(4, 40)));
                    break;
            }

            File.WriteAllBytes(_path, image);
            try
            {
                using PcapTrace trace = PcapTrace.Load(_path, 1 << 24);
                Assert.InRange(trace.Count, 1, image.Length);
                Assert.True(Enumerable.Range(1, trace.Count - 1).All(n => trace.TimeNs(n) >= trace.TimeNs(n - 1)));
                loaded++;
            }
            catch (PcapException)
            {
                refused++;
            }
        }

        Assert.True(loaded > 1000 && refused > 1000);
    }

    private void Refused(string expected) =>
        Assert.Contains(expected, Assert.Throws<PcapException>(() => PcapTrace.Load(_path)).Message, StringComparison.Ordinal);

    private static byte[] Udp(int length, ulong seed = 1)
    {
        byte[] frame = new byte[length];
        SplitMix64 random = new(seed);
        FrameBuilder.BuildUdp(frame, ref random);
        return frame;
    }
}
