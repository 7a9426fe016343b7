using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using PollScale.Telemetry;

namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>An IPv4 header behind an Ethernet header, checked as RFC 1812, 5.2.2 asks of a router.</summary>
// SAFETY: made by TryParse only, which has checked that the whole header lies in the frame.
internal readonly unsafe struct Ipv4Header
{
    /// <summary>Bytes of an Ethernet header.</summary>
    public const int EthernetBytes = 14;

    /// <summary>Bytes of an IPv4 header without options.</summary>
    public const int MinBytes = 20;

    private const int EtherTypeOffset = 12;
    private const ushort EtherTypeIpv4 = 0x0008; // as a little-endian CPU loads 08 00
    private const int Version4 = 0x40, VersionMask = 0xF0;
    private const int TotalLengthOffset = 2;
    private const int TtlWordOffset = 8;
    private const int ChecksumOffset = 10;
    private const int DestinationOffset = 16;
    private const int MinWords = MinBytes / sizeof(uint);

    private readonly byte* _header;

    private Ipv4Header(byte* header)
    {
        _header = header;
    }

    /// <summary>Destination address, host order.</summary>
    public uint Destination
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(_header + DestinationOffset));
    }

    /// <summary>Checks a frame up to its TTL. Reads no byte at or beyond <paramref name="length"/>.</summary>
    /// <returns>False when the frame must be dropped for <paramref name="cause"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(byte* frame, int length, out Ipv4Header header, out DropCause cause)
    {
        header = default;
        cause = DropCause.Truncated;
        if (length < EthernetBytes)
        {
            return false;
        }

        if (Unsafe.ReadUnaligned<ushort>(frame + EtherTypeOffset) != EtherTypeIpv4)
        {
            cause = DropCause.NotIpv4;
            return false;
        }

        if (length < EthernetBytes + MinBytes)
        {
            return false;
        }

        byte* ip = frame + EthernetBytes;
        int versionAndLength = *ip;
        if ((versionAndLength & VersionMask) != Version4)
        {
            cause = DropCause.BadVersion;
            return false;
        }

        int words = versionAndLength & 15;
        int headerBytes = words * sizeof(uint);
        int room = length - EthernetBytes;
        if (words < MinWords || headerBytes > room)
        {
            cause = DropCause.BadHeaderLength;
            return false;
        }

        int total = BigEndian(ip + TotalLengthOffset);
        if (total < headerBytes || total > room)
        {
            cause = DropCause.BadTotalLength;
            return false;
        }

        if (!InternetChecksum.IsValid(ip, words))
        {
            cause = DropCause.BadChecksum;
            return false;
        }

        if (ip[TtlWordOffset] <= 1)
        {
            cause = DropCause.TtlExpired;
            return false;
        }

        header = new Ipv4Header(ip);
        return true;
    }

    /// <summary>Takes one from the TTL, which must be above 0, and corrects the checksum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void DecrementTtl()
    {
        // The TTL is the low byte of its word as loaded: the word is one less.
        _header[TtlWordOffset]--;
        ushort checksum = Unsafe.ReadUnaligned<ushort>(_header + ChecksumOffset);
        Unsafe.WriteUnaligned(_header + ChecksumOffset, InternetChecksum.OfOneLess(checksum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort BigEndian(byte* at) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(at));
}
