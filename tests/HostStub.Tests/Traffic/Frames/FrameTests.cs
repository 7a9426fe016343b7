using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Frames;
using PollScale.Randomness;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.HostStub.Tests.Traffic.Frames;

public class FrameTests
{
    [Fact]
    public void The_checksum_is_that_of_rfc_1071()
    {
        // The example of RFC 1071, section 3: the sum is 0xddf2.
        Assert.Equal(unchecked((ushort)~0xDDF2), Ipv4Frame.Checksum([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]));
        Prop.ForAll<byte[]>(bytes => Ipv4Frame.Checksum(bytes) == SlowChecksum(bytes)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_frame_has_right_lengths_and_checksums()
    {
        Prop.ForAll<ushort, int>((extra, seed) =>
        {
            byte[] frame = new byte[60 + (extra % 1500)];
            SplitMix64 random = new((ulong)seed);
            FrameBuilder.BuildUdp(frame, ref random);
            return Verdict(frame) is null && frame[30] == 10 && (frame[0] & 1) == 0 && UdpIsRight(frame) && Ipv4Frame.IsValid(frame);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_damaged_header_is_not_valid()
    {
        byte[] frame = new byte[60];
        SplitMix64 random = new(3);
        FrameBuilder.BuildUdp(frame, ref random);
        for (int bit = 0; bit < 20 * 8; bit++)
        {
            frame[14 + (bit / 8)] ^= (byte)(1 << (bit % 8));
            Assert.False(Ipv4Frame.IsValid(frame));
            frame[14 + (bit / 8)] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(Ipv4Frame.IsValid(frame));
        Assert.False(Ipv4Frame.IsValid(frame.AsSpan(0, 33)));
        Assert.False(Ipv4Frame.IsValid([]));
    }

    [Fact]
    public void A_malformed_frame_has_the_fault_it_is_counted_for()
    {
        using FramePool pool = new(FrameSizes.Default, 1, 5);
        for (int i = 0; i < 700; i++)
        {
            FrameRef frame = pool.Next();
            Assert.Equal(FramePool.MalformedCauses[i % FramePool.MalformedCauses.Length], Verdict(frame.Span));
            Assert.Equal((int)Verdict(frame.Span)!.Value, frame.Cause);
        }
    }

    [Fact]
    public void The_malformed_fraction_is_kept_to_one_frame_and_spread_over_the_causes()
    {
        Prop.ForAll<byte, ushort>((percent, count) =>
        {
            double fraction = percent % 101 / 100.0;
            using FramePool pool = new(FrameSizes.Default, fraction, 1, 64);
            int[] seen = new int[LcoreTelemetryLayout.DropSlots];
            int malformed = 0;
            for (int i = 0; i < count % 5000; i++)
            {
                if (pool.Next().Cause is >= 0 and int cause)
                {
                    seen[cause]++;
                    malformed++;
                }
            }

            int[] counts = [.. FramePool.MalformedCauses.ToArray().Select(c => seen[(int)c])];
            return Math.Abs(malformed - (count % 5000 * fraction)) <= 1 && counts.Sum() == malformed && counts.Max() - counts.Min() <= 1;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Imix_is_7_to_4_to_1()
    {
        using FramePool pool = new(FrameSizes.Imix, 0, 1);
        Dictionary<int, int> lengths = [];
        for (int i = 0; i < 12_000; i++)
        {
            int length = pool.Next().Length;
            lengths[length] = lengths.GetValueOrDefault(length) + 1;
        }

        Assert.Equal([(60, 7000), (590, 4000), (1514, 1000)], lengths.OrderBy(l => l.Key).Select(l => (l.Key, l.Value)));
        Assert.Equal(1514, pool.MaxLength);
    }

    [Fact]
    public void The_same_seed_gives_the_same_frames_and_their_destinations_vary()
    {
        using FramePool first = new(FrameSizes.Default, 0.1, 9);
        using FramePool second = new(FrameSizes.Default, 0.1, 9);
        HashSet<uint> destinations = [];
        for (int i = 0; i < 5000; i++)
        {
            FrameRef frame = first.Next();
            Assert.True(frame.Span.SequenceEqual(second.Next().Span));
            if (frame.Cause < 0)
            {
                destinations.Add(BinaryPrimitives.ReadUInt32BigEndian(frame.Span[30..]));
            }
        }

        Assert.InRange(destinations.Count, 4000, 4096);
    }

    [Theory]
    [InlineData("63")]
    [InlineData("9619")]
    [InlineData("-64")]
    [InlineData("big")]
    [InlineData("")]
    public void A_bad_frame_size_is_named(string text) =>
        Assert.Contains($"\"{text}\"", Assert.Throws<TrafficFormatException>(() => FrameSizes.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("64", 60)]
    [InlineData("1518", 1514)]
    public void A_frame_size_counts_the_fcs(string text, int length) => Assert.Equal([length], FrameSizes.Parse(text).Lengths);

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_bad_fraction_is_named(double fraction) => Assert.Throws<TrafficFormatException>(() => new FramePool(FrameSizes.Default, fraction, 0));

    // The checks of RFC 1812, section 5.2.2, written a second time and slowly.
    internal static DropCause? Verdict(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 14)
        {
            return DropCause.Truncated;
        }

        if (frame[12] != 8 || frame[13] != 0)
        {
            return DropCause.NotIpv4;
        }

        if (frame.Length < 34)
        {
            return DropCause.Truncated;
        }

        int header = (frame[14] & 15) * 4;
        int total = (frame[16] << 8) | frame[17];
        if (frame[14] >> 4 != 4)
        {
            return DropCause.BadVersion;
        }

        if (header < 20 || 14 + header > frame.Length)
        {
            return DropCause.BadHeaderLength;
        }

        if (total < header || 14 + total > frame.Length)
        {
            return DropCause.BadTotalLength;
        }

        return SlowChecksum(frame.Slice(14, header).ToArray()) != 0 ? DropCause.BadChecksum : frame[22] <= 1 ? DropCause.TtlExpired : null;
    }

    private static bool UdpIsRight(byte[] frame)
    {
        byte[] udp = frame[34..];
        byte[] pseudo = [.. frame[26..34], 0, 17, (byte)(udp.Length >> 8), (byte)udp.Length, .. udp];
        return SlowChecksum(pseudo) == 0 && ((udp[4] << 8) | udp[5]) == udp.Length && (udp[6] | udp[7]) != 0;
    }

    private static ushort SlowChecksum(byte[] bytes)
    {
        int sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (i & 1) == 0 ? bytes[i] << 8 : bytes[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
