using System.Buffers.Binary;

namespace PollScale.Tests.QueueScaler.Forwarding;

/// <summary>Frames made independently of the forwarder's own code.</summary>
internal static class Frames
{
    public const int Ethernet = 14;

    public static byte[] Ipv4(uint destination, int ihl = 5, int payload = 26, byte ttl = 64, Random? random = null)
    {
        byte[] frame = new byte[Ethernet + (ihl * 4) + payload];
        random?.NextBytes(frame);
        Span<byte> ip = frame.AsSpan(Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);
        ip[0] = (byte)(0x40 | ihl);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)((ihl * 4) + payload));
        ip[8] = ttl;
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], destination);
        Seal(frame);
        return frame;
    }

    /// <summary>Writes the right checksum.</summary>
    public static void Seal(byte[] frame)
    {
        Span<byte> ip = frame.AsSpan(Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..((ip[0] & 15) * 4)]));
    }

    /// <summary>RFC 1071 word by word, in network order.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (int i = 0; i < header.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
            sum = sum > 0xFFFF ? sum - 0xFFFF : sum;
        }

        return (ushort)(0xFFFF - sum);
    }
}
