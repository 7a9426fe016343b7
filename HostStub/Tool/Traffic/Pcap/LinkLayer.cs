using System.Buffers.Binary;
using PollScale.HostStub.Traffic.Frames;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>
/// Turns packets of a capture's link type into Ethernet frames. Where a packet has no Ethernet header one is made up, from
/// 02:00:00:00:00:01 (or the sender that a cooked header names) to 02:00:00:00:00:02.
/// </summary>
internal sealed class LinkLayer
{
    private const int Ethernet = 1, Null = 0, Raw = 12, RawOpenBsd = 14, Loop = 108, Cooked = 113, Ipv4 = 228, Ipv6 = 229, Cooked2 = 276;
    private const ushort TypeIpv6 = 0x86DD, TypeUnknown = 0x88B5; // the latter: IEEE 802, local experiments
    private const ushort LeastType = 0x0600; // below it the field is a length
    private const int AddressLength = 6;

    private readonly int _type;
    private readonly int _stripped;
    private readonly byte[] _frame;

    private LinkLayer(int type, int stripped)
    {
        _type = type;
        _stripped = stripped;
        _frame = type == Ethernet ? [] : new byte[Memif.PacketRegionLayout.MaxBufferSize];
    }

    /// <summary>True when every frame has a header that the capture did not have.</summary>
    public bool IsMadeUp => _type != Ethernet;

    /// <summary>The link types that are replayed, for messages.</summary>
    public static string Known => "EN10MB (Ethernet), RAW, IPV4, IPV6, LINUX_SLL, LINUX_SLL2, NULL and LOOP";

    /// <summary>The layer of a link type.</summary>
    /// <param name="type">libpcap's number, DLT_....</param>
    /// <returns>Null when no Ethernet frame can be made of its packets.</returns>
    public static LinkLayer? Of(int type) => type switch
    {
        Ethernet or Raw or RawOpenBsd or Ipv4 or Ipv6 => new LinkLayer(type, 0),
        Null or Loop => new LinkLayer(type, 4),
        Cooked => new LinkLayer(type, 16),
        Cooked2 => new LinkLayer(type, 20),
        _ => null,
    };

    /// <summary>The frame of a packet.</summary>
    /// <param name="packet">As captured, at most 262144 bytes; may be cut anywhere.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> Frame(ReadOnlySpan<byte> packet)
    {
        if (_type == Ethernet)
        {
            return packet;
        }

        ReadOnlySpan<byte> head = packet[..Math.Min(_stripped, packet.Length)];
        ReadOnlySpan<byte> payload = packet[head.Length..];
        Span<byte> header = _frame.AsSpan(0, Ipv4Frame.EthernetSize);
        ReadOnlySpan<byte> addresses = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
        addresses.CopyTo(header);
        ushort type = head.Length < _stripped ? TypeUnknown : EtherType(head, payload, header[AddressLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4Frame.EtherTypeOffset..], type);
        payload.CopyTo(_frame.AsSpan(Ipv4Frame.EthernetSize));
        return _frame.AsSpan(0, Ipv4Frame.EthernetSize + payload.Length);
    }

    private ushort EtherType(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, Span<byte> sender)
    {
        switch (_type)
        {
            case Ipv4:
                return Ipv4Frame.EtherTypeIpv4;
            case Ipv6:
                return TypeIpv6;
            case Null or Loop:
                return OfFamily(BinaryPrimitives.ReadUInt32BigEndian(head));
            case Cooked:
                CopySender(BinaryPrimitives.ReadUInt16BigEndian(head[4..]), head[6..], sender);
                return OfProtocol(BinaryPrimitives.ReadUInt16BigEndian(head[14..]), payload.Length);
            case Cooked2:
                CopySender(head[11], head[12..], sender);
                return OfProtocol(BinaryPrimitives.ReadUInt16BigEndian(head), payload.Length);
            default:
                return !payload.IsEmpty && payload[0] >> 4 == 6 ? TypeIpv6 : Ipv4Frame.EtherTypeIpv4;
        }
    }

    private static void CopySender(int length, ReadOnlySpan<byte> address, Span<byte> sender)
    {
        if (length == AddressLength)
        {
            address[..AddressLength].CopyTo(sender);
        }
    }

    // The address family is in the byte order of the machine that captured (NULL) or of the network (LOOP); its values are small.
    private static ushort OfFamily(uint family) => (family > ushort.MaxValue ? BinaryPrimitives.ReverseEndianness(family) : family) switch
    {
        2 => Ipv4Frame.EtherTypeIpv4,
        10 or 24 or 28 or 30 => TypeIpv6, // Linux; NetBSD and OpenBSD; FreeBSD; macOS
        _ => TypeUnknown,
    };

    // Linux's numbers below 0x600 name 802.2 and 802.3 frames, whose Ethernet header holds their length.
    private static ushort OfProtocol(ushort protocol, int payload) => protocol >= LeastType ? protocol : (ushort)Math.Min(payload, LeastType - 1);
}
