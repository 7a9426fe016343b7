using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Traffic.Frames;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.Randomness;
using Xunit;
using static PollScale.HostStub.Tests.Traffic.Pcap.CaptureWriter;

namespace PollScale.HostStub.Tests.Traffic.Pcap;

/// <summary>Captures as other people's tools write them: packed, of other link types, of several parts, with oddities to be told.</summary>
public sealed class CaptureKindsTests : IDisposable
{
    private const uint Ethernet = 1;
    private readonly string _path = $"/dev/shm/pollscale-test-{Guid.NewGuid():N}.pcap";

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_gzip_file_is_read_as_what_it_holds()
    {
        byte[] capture = PcapFile(Micro, Ethernet, false, [.. Enumerable.Range(0, 5000).Select(i => new Packet(1, (uint)i, Udp(60 + (i % 900), (ulong)i)))]);
        File.WriteAllBytes(_path, Gzip(capture));
        using PcapTrace trace = PcapTrace.Load(_path);

        Assert.Equal(5000, trace.Count);
        Assert.Null(trace.Damage);
        Assert.True(trace[4999].Span.SequenceEqual(Udp(60 + (4999 % 900), 4999)));

        File.WriteAllBytes(_path, Gzip(capture)[..^5000]);
        using PcapTrace cut = PcapTrace.Load(_path);
        Assert.InRange(cut.Count, 1, 4999);
        Assert.Contains("gzip data is cut off", cut.Damage!, StringComparison.Ordinal);

        // Stored blocks show where packets end: the packed file ends right behind one.
        File.WriteAllBytes(_path, [.. Gzip(capture, CompressionLevel.NoCompression)[..(10 + 5 + 24 + (3 * 16) + 60 + 61 + 62)]]);
        using PcapTrace even = PcapTrace.Load(_path);
        Assert.InRange(even.Count, 1, 3);
        Assert.NotNull(even.Damage);

        File.WriteAllBytes(_path, Gzip(PcapNg((ushort)Ethernet, new Packet(1, 0, Udp(60)))));
        using PcapTrace ng = PcapTrace.Load(_path);
        Assert.Equal(1, ng.Count);
    }

    [Fact]
    public void A_gzip_file_that_unpacks_to_more_than_the_limit_is_refused_before_it_is_unpacked()
    {
        byte[] frame = new byte[60_000];
        File.WriteAllBytes(_path, Gzip(PcapFile(Micro, Ethernet, false, [.. Enumerable.Range(0, 2000).Select(i => new Packet(1, (uint)i, frame))]), CompressionLevel.SmallestSize));
        Assert.InRange(new FileInfo(_path).Length, 1, 1 << 20);
        Assert.Contains("1 MiB of memory", Refused(1 << 20), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("28B52FFD0458", "zstd")]
    [InlineData("FD377A585A00", "xz")]
    [InlineData("04224D186440", "lz4")]
    [InlineData("425A68393141", "bzip2")]
    [InlineData("504B03041400", "zip")]
    [InlineData("1F8B000000000000", "not a capture")]
    public void Other_packers_are_named_with_the_command_that_unpacks(string start, string name)
    {
        File.WriteAllBytes(_path, [.. Convert.FromHexString(start), .. new byte[100]]);
        string message = Refused();
        Assert.True(message.Contains($"compressed with {name}", StringComparison.Ordinal) || name == "not a capture", message);
    }

    public static TheoryData<uint, string, string> LinkTypes => new()
    {
        { 101, "", "0800" }, { 12, "", "0800" }, { 14, "", "0800" }, { 228, "", "0800" }, { 229, "", "86DD" },
        { 0, "02000000", "0800" }, { 0, "00000002", "0800" }, { 0, "1E000000", "86DD" }, { 0, "07000000", "88B5" }, { 108, "00000002", "0800" }, { 108, "00000018", "86DD" },
        { 113, "0000000100060A0B0C0D0E0F00000800", "0800" }, { 113, "000003040000000000000000000086DD", "86DD" },
        { 276, "0800000000000001000100060A0B0C0D0E0F0000", "0800" }, { 276, "8100000000000001000100060A0B0C0D0E0F0000", "8100" },
    };

    [Theory]
    [MemberData(nameof(LinkTypes))]
    public void A_packet_without_an_ethernet_header_is_given_one(uint link, string head, string etherType)
    {
        byte[] packet = Udp(60)[14..];
        File.WriteAllBytes(_path, PcapFile(Micro, link, false, new Packet(1, 0, [.. Convert.FromHexString(head), .. packet])));
        using PcapTrace trace = PcapTrace.Load(_path);

        string sender = head.Contains("0A0B0C0D0E0F", StringComparison.Ordinal) ? "0A0B0C0D0E0F" : "020000000001";
        Assert.Equal("020000000002" + sender + etherType + Convert.ToHexString(packet), Convert.ToHexString(trace[0].Span));
        Assert.Contains("given an Ethernet header", Assert.Single(CaptureNotes.Of(trace), note => note.Contains("link type", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_raw_ipv6_packet_is_known_by_its_version() => Assert.Equal(0x86, Only(101, [0x60, 0, 0, 0, 0, 0])[12]);

    [Theory]
    [InlineData(false, "not damaged, but holds 2 interfaces of 2 link types")]
    [InlineData(true, "not damaged, but holds 2 sections of both byte orders")]
    public void A_whole_file_of_parts_that_libpcap_does_not_read_together_is_not_called_damaged(bool sections, string expected)
    {
        byte[] file = PcapNg((ushort)Ethernet, new Packet(1, 0, Udp(60)));
        File.WriteAllBytes(_path, sections
            ? [.. file, .. Convert.FromHexString("0A0D0D0A0000001C1A2B3C4D00010000FFFFFFFFFFFFFFFF0000001C0000000100000014000100000004000000000014")]
            : [.. file, .. Convert.FromHexString("01000000140000007100000000000400" + "14000000")]);
        string message = Refused();
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("editcap", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sections_and_interfaces_of_one_kind_are_read_as_one_capture()
    {
        byte[] file = PcapNg((ushort)Ethernet, new Packet(1, 0, Udp(60)), new Packet(2, 0, Udp(61)));
        File.WriteAllBytes(_path, [.. file, .. file]);
        using PcapTrace trace = PcapTrace.Load(_path);
        Assert.Equal(4, trace.Count);
        Assert.Equal(1, trace.Facts.Backward);
    }

    [Fact]
    public void What_is_peculiar_is_told()
    {
        byte[] tagged = Udp(64), six = Udp(64), offloaded = Udp(64);
        tagged[12] = 0x81;
        (six[12], six[13]) = (0x86, 0xDD);
        (offloaded[16], offloaded[17]) = (0, 0);
        File.WriteAllBytes(_path, PcapFile(Micro, Ethernet, false,
            new Packet(100, 0, Udp(60), 1500), new Packet(50, 0, Udp(60), 20), new Packet(100, 2_000_000, []), new Packet(100, 3, tagged), new Packet(100, 4, six),
            new Packet(400_000_100, 5, offloaded)));
        using PcapTrace trace = PcapTrace.Load(_path);
        string notes = string.Join('\n', CaptureNotes.Of(trace));
        foreach (string expected in (string[])[
            "1 of 6 packets were cut by the snap length of the capture, to at most 60 bytes", "are stamped earlier", "1 of 6 packets have a time stamp", "more bytes of them were captured",
            "have no byte", "carry a VLAN tag", "are IPv6", "total length of 0", "The longest gap, 12.68 years as recorded, stands before packet 6"])
        {
            Assert.Contains(expected, notes, StringComparison.Ordinal);
        }

        File.WriteAllBytes(_path, PcapFile(Micro, Ethernet, false, new Packet(1, 0, Udp(60)), new Packet(2, 0, Udp(60))));
        using PcapTrace plain = PcapTrace.Load(_path);
        Assert.Empty(CaptureNotes.Of(plain));
    }

    [Fact]
    public void Reading_ends_when_it_is_told_to()
    {
        File.WriteAllBytes(_path, PcapFile(Micro, Ethernet, false, [.. Enumerable.Range(0, 3000).Select(i => new Packet(1, (uint)i, Udp(60)))]));
        Assert.Throws<OperationCanceledException>(() => PcapTrace.Load(_path, stop: () => true));
    }

    [Fact]
    public void Any_capture_of_any_shape_is_kept_byte_for_byte_or_refused_with_a_text()
    {
        // Lengths at which something changes: nothing, part of a header, a small frame, buffers, IPv4's limit, libpcap's.
        Gen<int> length = Gen.OneOf(Gen.Choose(0, 200), Gen.Choose(1500, 9000), Gen.Elements(65_535, 65_536, 131_056, 131_057, 262_143, 262_144));
        Arbitrary<(uint Link, bool Big, uint Magic, bool Packed, int[] Lengths, uint[] Times)> captures =
            (from link in Gen.Elements(Ethernet, Ethernet, Ethernet, 101u, 0u, 113u, 276u, 105u, 147u)
             from big in Gen.Elements(true, false)
             from magic in Gen.Elements(Micro, Nano)
             from packed in Gen.Elements(true, false)
             from lengths in length.ArrayOf().Resize(12)
             from times in Gen.Choose(0, int.MaxValue).Select(t => (uint)t).ArrayOf(lengths.Length)
             select (link, big, magic, packed, lengths, times)).ToArbitrary();
        Prop.ForAll(captures, capture =>
        {
            Random random = new(capture.Lengths.Length);
            Packet[] packets = [.. capture.Lengths.Select((bytes, i) => new Packet(capture.Times[i], capture.Times[i] % 999_999, Bytes(random, bytes)))];
            byte[] file = PcapFile(capture.Magic, capture.Link, capture.Big, packets);
            File.WriteAllBytes(_path, capture.Packed ? Gzip(file) : file);
            try
            {
                using PcapTrace trace = PcapTrace.Load(_path);
                return trace.Count == packets.Length && trace.Damage is null && trace.Facts.Cut == 0
                    && packets.Select((packet, i) => Holds(trace[i].Span, packet.Data, capture.Link)).All(holds => holds);
            }
            catch (PcapException e)
            {
                return (packets.Length == 0 || capture.Link is 105 or 147) && e.Message.Contains(_path, StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();

        static bool Holds(ReadOnlySpan<byte> frame, byte[] packet, uint link)
        {
            int stripped = link switch { 0 => 4, 113 => 16, 276 => 20, _ => 0 };
            return link == Ethernet ? frame.SequenceEqual(packet) : frame[14..].SequenceEqual(packet.AsSpan(Math.Min(stripped, packet.Length)));
        }

        static byte[] Bytes(Random random, int bytes)
        {
            byte[] data = new byte[bytes];
            random.NextBytes(data);
            return data;
        }
    }

    private string Refused(long limit = PcapTrace.DefaultLimit) => Assert.Throws<PcapException>(() => PcapTrace.Load(_path, limit)).Message;

    private byte[] Only(uint link, byte[] packet)
    {
        File.WriteAllBytes(_path, PcapFile(Micro, link, false, new Packet(1, 0, packet)));
        using PcapTrace trace = PcapTrace.Load(_path);
        return trace[0].Span.ToArray();
    }

    private static byte[] Gzip(byte[] bytes, CompressionLevel level = CompressionLevel.Fastest)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, level))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Udp(int length, ulong seed = 1)
    {
        byte[] frame = new byte[length];
        SplitMix64 random = new(seed);
        FrameBuilder.BuildUdp(frame, ref random);
        return frame;
    }
}
