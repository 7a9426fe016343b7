using FsCheck;
using FsCheck.Fluent;
using PollScale.Samples.QueueScaler.Forwarding;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.Tests.QueueScaler.Forwarding;

public sealed unsafe class ForwarderTests : IDisposable
{
    private const uint Routed = 0x0A010203;
    private readonly Dir24_8 _table = new([new Route(0x0A000000, 8, 5)], 1);
    private readonly GuardedPage _page = new();

    public void Dispose()
    {
        _table.Dispose();
        _page.Dispose();
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(5, 26)]
    [InlineData(6, 8)]
    [InlineData(15, 1)]
    public void A_good_packet_leaves_for_its_next_hop(int ihl, int payload)
    {
        byte[] frame = Frames.Ipv4(Routed, ihl, payload, ttl: 2, random: new Random(3));
        byte[] expected = (byte[])frame.Clone();
        expected[Frames.Ethernet + 8] = 1;
        Frames.Seal(expected);
        Convert.FromHexString("020000000105" + "020000000001").CopyTo(expected, 0);

        Assert.Null(Forward(frame, out byte[] forwarded));
        Assert.Equal(expected, forwarded);
    }

    [Fact]
    public void Ethernet_padding_behind_the_packet_is_fine()
    {
        byte[] frame = Frames.Ipv4(Routed, payload: 0);
        Array.Resize(ref frame, 60);
        Assert.Null(Forward(frame, out byte[] forwarded));
        Assert.Equal(60, forwarded.Length);
    }

    public static TheoryData<string, byte[]> Drops()
    {
        static byte[] Spoil(Action<byte[]> change, bool seal = true)
        {
            byte[] frame = Frames.Ipv4(Routed);
            change(frame);
            if (seal)
            {
                Frames.Seal(frame);
            }

            return frame;
        }

        byte[] options = Frames.Ipv4(Routed, ihl: 15, payload: 0);
        byte[] good = Frames.Ipv4(Routed);
        return new TheoryData<string, byte[]>
        {
            { nameof(DropCause.Truncated), [] },
            { nameof(DropCause.Truncated), good[..13] },
            { nameof(DropCause.Truncated), good[..14] },
            { nameof(DropCause.Truncated), good[..33] },
            { nameof(DropCause.NotIpv4), Spoil(f => f[12] = 0x86) },
            { nameof(DropCause.NotIpv4), Spoil(f => (f[12], f[13]) = (0x81, 0x00)) },
            { nameof(DropCause.NotIpv4), Spoil(f => (f[12], f[13]) = (0x08, 0x06))[..20] },
            { nameof(DropCause.BadVersion), Spoil(f => f[14] = 0x65) },
            { nameof(DropCause.BadVersion), Spoil(f => f[14] = 0x05) },
            { nameof(DropCause.BadHeaderLength), Spoil(f => f[14] = 0x44) },
            { nameof(DropCause.BadHeaderLength), Spoil(f => f[14] = 0x40, seal: false) },
            { nameof(DropCause.BadHeaderLength), options[..^1] },
            { nameof(DropCause.BadTotalLength), Spoil(f => (f[16], f[17]) = (0, 19)) },
            { nameof(DropCause.BadTotalLength), Spoil(f => f[17]++) },
            { nameof(DropCause.BadTotalLength), Spoil(f => (f[16], f[17]) = (0xFF, 0xFF)) },
            { nameof(DropCause.BadTotalLength), good[..^1] },
            { nameof(DropCause.BadChecksum), Spoil(f => f[24] ^= 1, seal: false) },
            { nameof(DropCause.BadChecksum), Spoil(f => f[33] ^= 0x80, seal: false) },
            { nameof(DropCause.TtlExpired), Spoil(f => f[22] = 1) },
            { nameof(DropCause.TtlExpired), Spoil(f => f[22] = 0) },
            { nameof(DropCause.NoRoute), Spoil(f => f[30] = 11) },
        };
    }

    [Theory]
    [MemberData(nameof(Drops))]
    public void A_bad_frame_is_dropped_for_its_cause_and_stays_as_it_was(string cause, byte[] frame)
    {
        Assert.Equal(Enum.Parse<DropCause>(cause), Forward(frame, out byte[] after));
        Assert.Equal(frame, after);
    }

    [Fact]
    public void Options_count_in_the_checksum()
    {
        byte[] frame = Frames.Ipv4(Routed, ihl: 15, random: new Random(1));
        frame[Frames.Ethernet + 59] ^= 1;
        Assert.Equal(DropCause.BadChecksum, Forward(frame, out _));
    }

    [Fact]
    public void Random_bytes_at_the_end_of_memory_are_never_read_beyond()
    {
        Prop.ForAll<int>(seed =>
        {
            Random random = new(seed);
            for (int round = 0; round < 200; round++)
            {
                byte[] frame = new byte[random.Next(0, 90)];
                random.NextBytes(frame);
                Bias(frame, random);
                DropCause? cause = Forward(frame, out byte[] after);
                if (cause is not null && !frame.AsSpan().SequenceEqual(after))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_cut_of_a_good_packet_is_dropped()
    {
        foreach (int ihl in (int[])[5, 9, 15])
        {
            byte[] frame = Frames.Ipv4(Routed, ihl, payload: 40);
            for (int length = 0; length < frame.Length; length++)
            {
                Assert.NotNull(Forward(frame[..length], out _));
            }
        }
    }

    // Pure noise would hardly pass the EtherType check.
    private static void Bias(byte[] frame, Random random)
    {
        if (frame.Length >= 14 && random.Next(4) != 0)
        {
            (frame[12], frame[13]) = (0x08, 0x00);
        }

        if (frame.Length >= 34 && random.Next(4) != 0)
        {
            frame[14] = (byte)(0x40 | random.Next(16));
            (frame[16], frame[17]) = (0, (byte)random.Next(frame.Length));
            if (random.Next(2) == 0 && (frame[14] & 15) >= 5 && frame.Length >= 14 + ((frame[14] & 15) * 4))
            {
                frame[30] = 10;
                Frames.Seal(frame);
            }
        }
    }

    private DropCause? Forward(byte[] frame, out byte[] after)
    {
        byte* at = _page.Place(frame);
        bool forwarded = new Forwarder(_table).TryForward(at, frame.Length, out DropCause cause);
        after = new ReadOnlySpan<byte>(at, frame.Length).ToArray();
        return forwarded ? null : cause;
    }
}
