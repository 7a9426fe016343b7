using System.Buffers.Binary;
using PollScale.HostStub.Traffic.Frames;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>What is peculiar about a capture, counted while it is read.</summary>
internal sealed class CaptureFacts
{
    private const ushort Ipv6 = 0x86DD, Tag = 0x8100, ServiceTag = 0x88A8, OldServiceTag = 0x9100;
    private long _last;

    /// <summary>Packets.</summary>
    public long Packets { get; private set; }

    /// <summary>Packets that the snap length cut: they are sent as long as they were captured.</summary>
    public long Cut { get; private set; }

    /// <summary>Bytes of the longest packet that was cut.</summary>
    public int LongestCut { get; private set; }

    /// <summary>Packets of which more bytes were captured than they had on the wire: all captured bytes are sent.</summary>
    public long Overlong { get; private set; }

    /// <summary>Packets without a byte.</summary>
    public long Empty { get; private set; }

    /// <summary>Packets stamped earlier than one before them: they are sent with the packet ahead of them.</summary>
    public long Backward { get; private set; }

    /// <summary>Frames with an 802.1Q or 802.1ad tag.</summary>
    public long Tagged { get; private set; }

    /// <summary>IPv6 frames.</summary>
    public long Ipv6Frames { get; private set; }

    /// <summary>IPv4 frames with a total length of 0, as a host leaves it that lets its NIC cut segments.</summary>
    public long WithoutLength { get; private set; }

    /// <summary>Longest time between a packet and the one before it, ns.</summary>
    public long LongestGapNs { get; private set; }

    /// <summary>Number, from 1, of the packet behind that gap.</summary>
    public long PacketAfterGap { get; private set; }

    /// <summary>Counts a packet.</summary>
    /// <param name="frame">The frame made of it.</param>
    /// <param name="captured">Bytes captured.</param>
    /// <param name="wire">Bytes it had on the wire.</param>
    /// <param name="timeNs">Time since the first packet; earlier than one before it is counted as backward.</param>
    /// <returns>When it is sent, ns since the first.</returns>
    public long Count(ReadOnlySpan<byte> frame, int captured, uint wire, long timeNs)
    {
        Packets++;
        Empty += captured == 0 ? 1 : 0;
        Overlong += captured > wire ? 1 : 0;
        if (captured < wire)
        {
            Cut++;
            LongestCut = Math.Max(LongestCut, captured);
        }

        Backward += timeNs < _last ? 1 : 0;
        long sent = Math.Max(_last, timeNs);
        if (sent - _last > LongestGapNs)
        {
            LongestGapNs = sent - _last;
            PacketAfterGap = Packets;
        }

        _last = sent;
        if (frame.Length >= Ipv4Frame.EthernetSize + sizeof(uint))
        {
            CountType(frame);
        }

        return sent;
    }

    private void CountType(ReadOnlySpan<byte> frame)
    {
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[Ipv4Frame.EtherTypeOffset..]))
        {
            case Ipv6:
                Ipv6Frames++;
                break;
            case Tag or ServiceTag or OldServiceTag:
                Tagged++;
                break;
            case Ipv4Frame.EtherTypeIpv4 when BinaryPrimitives.ReadUInt16BigEndian(frame[Ipv4Frame.TotalLengthOffset..]) == 0:
                WithoutLength++;
                break;
        }
    }
}
