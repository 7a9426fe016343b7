using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using PollScale.Samples.QueueScaler.Forwarding;

namespace PollScale.GuestProbe.Bench;

/// <summary>A frame for <see cref="BenchLoop"/>.</summary>
internal static class SampleFrame
{
    private const byte Ttl = 64;
    private const byte Udp = 17;

    /// <summary>An Ethernet frame with an IPv4 header of 20 bytes and a valid checksum.</summary>
    // SAFETY: the header is pinned, and behind it the frame has the bytes that are summed.
    public static unsafe byte[] Create(int bytes, uint destination)
    {
        byte[] frame = new byte[bytes];
        Span<byte> ip = frame.AsSpan(Ipv4Header.EthernetBytes);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Ipv4Header.EthernetBytes - 2), 0x0800);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ip[8] = Ttl;
        ip[9] = Udp;
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], destination);
        fixed (byte* header = ip)
        {
            Unsafe.WriteUnaligned(ref ip[10], InternetChecksum.Compute(header, Ipv4Header.MinBytes / sizeof(uint)));
        }

        return frame;
    }
}
