using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PollScale.HostStub.Traffic.Frames;

/// <summary>
/// An Ethernet frame that carries IPv4: offsets in it, and the Internet checksum. The sample's forwarder has its own reading of such
/// frames, so that neither judges by the other's faults.
/// </summary>
internal static class Ipv4Frame
{
    public const int EthernetSize = 14;
    public const int MinSize = 20;
    public const int EtherTypeOffset = 12;
    public const int VersionOffset = 14;
    public const int TotalLengthOffset = 16;
    public const int IdentificationOffset = 18;
    public const int TtlOffset = 22;
    public const int ProtocolOffset = 23;
    public const int ChecksumOffset = 24;
    public const int SourceOffset = 26;
    public const int DestinationOffset = 30;
    public const ushort EtherTypeIpv4 = 0x0800;

    /// <summary>True when the frame is Ethernet with a whole IPv4 header whose checksum is right. Safe when somebody else changes the bytes meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValid(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetSize + MinSize || BinaryPrimitives.ReadUInt16BigEndian(frame[EtherTypeOffset..]) != EtherTypeIpv4)
        {
            return false;
        }

        byte version = frame[VersionOffset];
        int headerSize = (version & 15) * 4;
        return version >> 4 == 4
            && headerSize >= MinSize
            && EthernetSize + headerSize <= frame.Length
            && Checksum(frame.Slice(EthernetSize, headerSize)) == 0;
    }

    /// <summary>The Internet checksum (RFC 1071) of the bytes: 0 over a header that carries its right checksum.</summary>
    /// <param name="bytes">Any length; an odd one is padded with a zero byte.</param>
    /// <param name="sum">What was summed before, as of <see cref="Sum"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Checksum(ReadOnlySpan<byte> bytes, ulong sum = 0)
    {
        sum = Sum(bytes, sum);
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return BinaryPrimitives.ReverseEndianness((ushort)~sum);
    }

    /// <summary>Adds the bytes to a sum of little-endian words, which RFC 1071 allows: the sum is byte-order independent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum(ReadOnlySpan<byte> bytes, ulong sum)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
        foreach (uint word in words)
        {
            sum += word;
        }

        ReadOnlySpan<byte> rest = bytes[(words.Length * sizeof(uint))..];
        for (int i = 0; i < rest.Length; i++)
        {
            sum += (ulong)rest[i] << (i * 8);
        }

        return sum;
    }
}
