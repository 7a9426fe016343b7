using System.Buffers.Binary;
using PollScale.Randomness;
using PollScale.Telemetry;

namespace PollScale.HostStub.Traffic.Frames;

/// <summary>Writes Ethernet / IPv4 / UDP frames with right checksums, and frames with exactly one fault.</summary>
internal static class FrameBuilder
{
    /// <summary>Shortest frame, without FCS.</summary>
    public const int MinLength = 60;

    private const int UdpSize = 8;
    private const int UdpChecksumOffset = 6;
    private const int UdpOffset = Ipv4Frame.EthernetSize + Ipv4Frame.MinSize;
    private const byte ProtocolUdp = 17;
    private const byte Ttl = 64;

    /// <summary>Fills <paramref name="frame"/> with one UDP packet to a random address of 10.0.0.0/8.</summary>
    /// <param name="frame">At least <see cref="MinLength"/> bytes; all are used.</param>
    /// <param name="random">Supplies addresses, ports and payload.</param>
    public static void BuildUdp(Span<byte> frame, ref SplitMix64 random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frame.Length, MinLength, nameof(frame));
        for (int i = 0; i < frame.Length; i++)
        {
            frame[i] = (byte)random.Next();
        }

        // Locally administered unicast addresses.
        frame[0] = frame[6] = 0x02;
        BinaryPrimitives.WriteUInt16BigEndian(frame[Ipv4Frame.EtherTypeOffset..], Ipv4Frame.EtherTypeIpv4);
        frame[Ipv4Frame.VersionOffset] = 0x45;
        frame[Ipv4Frame.VersionOffset + 1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(frame[Ipv4Frame.TotalLengthOffset..], (ushort)(frame.Length - Ipv4Frame.EthernetSize));
        BinaryPrimitives.WriteUInt16BigEndian(frame[(Ipv4Frame.IdentificationOffset + 2)..], 0x4000);
        frame[Ipv4Frame.TtlOffset] = Ttl;
        frame[Ipv4Frame.ProtocolOffset] = ProtocolUdp;
        frame[Ipv4Frame.SourceOffset] = 192;
        frame[Ipv4Frame.SourceOffset + 1] = 168;
        frame[Ipv4Frame.DestinationOffset] = 10;
        SetHeaderChecksum(frame);
        SetUdpChecksum(frame);
    }

    /// <summary>Turns a good frame into one that a forwarder must drop for <paramref name="cause"/> and for nothing else.</summary>
    /// <param name="frame">A frame of <see cref="BuildUdp"/>.</param>
    /// <param name="cause">One of the causes a frame itself can have.</param>
    /// <param name="variant">Picks one of the cause's faults; any number.</param>
    /// <returns>Bytes of the frame that are left.</returns>
    public static int Spoil(Span<byte> frame, DropCause cause, int variant)
    {
        bool odd = (variant & 1) != 0;
        switch (cause)
        {
            case DropCause.Truncated:
                return odd ? UdpOffset - 1 : Ipv4Frame.EthernetSize;
            case DropCause.NotIpv4:
                BuildArp(frame);
                return MinLength;
            case DropCause.BadVersion:
                frame[Ipv4Frame.VersionOffset] = odd ? (byte)0x65 : (byte)0x05;
                break;
            case DropCause.BadHeaderLength:
                frame[Ipv4Frame.VersionOffset] = odd && frame.Length == MinLength ? (byte)0x4F : (byte)0x44;
                break;
            case DropCause.BadTotalLength:
                BinaryPrimitives.WriteUInt16BigEndian(
                    frame[Ipv4Frame.TotalLengthOffset..],
                    odd ? (ushort)(frame.Length - Ipv4Frame.EthernetSize + 1) : (ushort)(Ipv4Frame.MinSize - 1));
                break;
            case DropCause.TtlExpired:
                frame[Ipv4Frame.TtlOffset] = odd ? (byte)1 : (byte)0;
                break;
            case DropCause.BadChecksum:
                frame[Ipv4Frame.ChecksumOffset] ^= odd ? (byte)0x80 : (byte)0x01;
                return frame.Length;
            default:
                throw new ArgumentOutOfRangeException(nameof(cause), cause, "No frame can carry this fault.");
        }

        SetHeaderChecksum(frame);
        return frame.Length;
    }

    /// <summary>Says that a frame of <see cref="BuildUdp"/> has no UDP checksum, as IPv4 allows: its payload may change then.</summary>
    public static void LeaveUdpChecksumOut(Span<byte> frame) => frame.Slice(UdpOffset + UdpChecksumOffset, sizeof(ushort)).Clear();

    private static void SetHeaderChecksum(Span<byte> frame)
    {
        Span<byte> checksum = frame.Slice(Ipv4Frame.ChecksumOffset, sizeof(ushort));
        checksum.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(checksum, Ipv4Frame.Checksum(frame.Slice(Ipv4Frame.EthernetSize, Ipv4Frame.MinSize)));
    }

    private static void SetUdpChecksum(Span<byte> frame)
    {
        Span<byte> udp = frame[UdpOffset..];
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        udp.Slice(UdpChecksumOffset, sizeof(ushort)).Clear();
        ulong pseudoHeader = Ipv4Frame.Sum(frame.Slice(Ipv4Frame.SourceOffset, 8), 0);
        pseudoHeader += (ulong)(BinaryPrimitives.ReverseEndianness((ushort)ProtocolUdp) + BinaryPrimitives.ReverseEndianness((ushort)udp.Length));
        ushort checksum = Ipv4Frame.Checksum(udp, pseudoHeader);
        BinaryPrimitives.WriteUInt16BigEndian(udp[UdpChecksumOffset..], checksum == 0 ? (ushort)0xFFFF : checksum);
    }

    private static void BuildArp(Span<byte> frame)
    {
        ReadOnlySpan<byte> request = [0x08, 0x06, 0, 1, 0x08, 0x00, 6, 4, 0, 1];
        request.CopyTo(frame[Ipv4Frame.EtherTypeOffset..]);
        frame[..6].Fill(0xFF);
        frame.Slice(6, 6).CopyTo(frame[22..]);
        frame.Slice(32, 6).Clear();
        frame[42..].Clear();
    }
}
