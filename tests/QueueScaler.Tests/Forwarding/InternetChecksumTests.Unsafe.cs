using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using PollScale.Samples.QueueScaler.Forwarding;
using Xunit;

namespace PollScale.Tests.QueueScaler.Forwarding;

public unsafe class InternetChecksumTests
{
    [Fact]
    public void A_published_header_gives_its_published_checksum()
    {
        // The header that Wikipedia's article on the IPv4 header checksum works through; its checksum is 0xB861.
        byte[] header = Convert.FromHexString("45000073000040004011" + "0000" + "c0a80001c0a800c7");
        fixed (byte* at = header)
        {
            ushort loaded = InternetChecksum.Compute(at, 5);
            Assert.Equal(0xB861, BinaryPrimitives.ReverseEndianness(loaded));
        }
    }

    [Fact]
    public void Any_header_length_sums_as_word_by_word()
    {
        Prop.ForAll<int>(seed =>
        {
            Random random = new(seed);
            byte[] header = new byte[4 * random.Next(1, 16)];
            random.NextBytes(header);
            fixed (byte* at = header)
            {
                ushort expected = Frames.Checksum(header);
                ushort loaded = InternetChecksum.Compute(at, header.Length / 4);
                return BinaryPrimitives.ReverseEndianness(loaded) == expected;
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_sum_of_only_ones_folds_all_its_carries()
    {
        byte[] header = new byte[60];
        Array.Fill(header, (byte)0xFF);
        fixed (byte* at = header)
        {
            Assert.Equal(0, InternetChecksum.Compute(at, 15));
        }

        Array.Clear(header);
        fixed (byte* at = header)
        {
            Assert.Equal(0xFFFF, InternetChecksum.Compute(at, 15));
        }
    }

    /// <summary>Equation 3 for any m that becomes one less; RFC 1624, section 4 shows what equation 2 got wrong.</summary>
    [Theory]
    [InlineData(0x5555)]
    [InlineData(0x0001)]
    [InlineData(0xFFFF)]
    public void One_less_is_equation_3_of_rfc_1624_for_every_checksum(int word)
    {
        for (int checksum = 0; checksum <= ushort.MaxValue; checksum++)
        {
            int sum = (~checksum & 0xFFFF) + (~word & 0xFFFF) + (word - 1);
            sum = (sum >> 16) + (sum & 0xFFFF);
            Assert.Equal((ushort)~((sum >> 16) + sum), InternetChecksum.OfOneLess((ushort)checksum));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(15)]
    public void Every_ttl_updates_to_the_full_recomputation(int ihl)
    {
        Random random = new(ihl);
        for (int round = 0; round < 200; round++)
        {
            for (int ttl = 2; ttl <= 255; ttl++)
            {
                AssertUpdateIsRecomputation(Frames.Ipv4((uint)random.Next(), ihl, payload: 0, (byte)ttl, random));
            }
        }
    }

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x0001)]
    [InlineData(0x0100)]
    [InlineData(0xFEFF)]
    [InlineData(0xFFFE)]
    public void Corner_checksums_update_to_the_full_recomputation(int wanted)
    {
        for (int ttl = 2; ttl <= 255; ttl++)
        {
            byte[] frame = WithChecksum((ushort)wanted, (byte)ttl);
            Assert.Equal(wanted, (frame[Frames.Ethernet + 10] << 8) | frame[Frames.Ethernet + 11]);
            AssertUpdateIsRecomputation(frame);
        }
    }

    [Fact]
    public void A_sender_that_writes_minus_zero_is_forwarded_with_the_recomputation()
    {
        for (int ttl = 2; ttl <= 255; ttl++)
        {
            byte[] frame = WithChecksum(0, (byte)ttl);
            frame[Frames.Ethernet + 10] = frame[Frames.Ethernet + 11] = 0xFF;
            AssertUpdateIsRecomputation(frame);
        }
    }

    // Tunes the identification field until the checksum is the wanted one.
    private static byte[] WithChecksum(ushort wanted, byte ttl)
    {
        byte[] frame = Frames.Ipv4(0x0A01_0203, payload: 0, ttl: ttl);
        int sum = Frames.Checksum(frame.AsSpan(Frames.Ethernet, 20));
        Assert.Equal(0, sum);
        int sealedSum = (frame[Frames.Ethernet + 10] << 8) | frame[Frames.Ethernet + 11];
        int difference = (sealedSum - wanted + 0xFFFF) % 0xFFFF;
        frame[Frames.Ethernet + 4] = (byte)(difference >> 8);
        frame[Frames.Ethernet + 5] = (byte)difference;
        Frames.Seal(frame);
        return frame;
    }

    private static void AssertUpdateIsRecomputation(byte[] frame)
    {
        byte[] expected = (byte[])frame.Clone();
        expected[Frames.Ethernet + 8]--;
        Frames.Seal(expected);
        fixed (byte* at = frame)
        {
            Assert.True(Ipv4Header.TryParse(at, frame.Length, out Ipv4Header header, out _));
            header.DecrementTtl();
        }

        Assert.Equal(expected, frame);
    }
}
