using System.Buffers.Binary;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>
/// The blocks of a pcapng file, walked without looking into its packets: tells a file that is damaged from one that is whole but of
/// several parts, which libpcap does not read together.
/// </summary>
/// <param name="Sections">Section header blocks.</param>
/// <param name="ByteOrders">1, or 2 when sections differ.</param>
/// <param name="Interfaces">Interface description blocks of all sections.</param>
/// <param name="LinkTypes">Distinct link types of the interfaces.</param>
/// <param name="SnapLengths">Distinct snap lengths of the interfaces.</param>
/// <param name="IsWhole">The file is made of whole blocks to its end.</param>
internal sealed record PcapNgShape(int Sections, int ByteOrders, int Interfaces, int LinkTypes, int SnapLengths, bool IsWhole)
{
    private const uint SectionHeader = 0x0A0D0D0A, ByteOrderMagic = 0x1A2B3C4D;
    private const uint InterfaceDescription = 1;
    private const int HeadLength = 8, BodyLength = 8, MinBlock = 12;

    /// <summary>True when there is more than one part of a kind that libpcap wants once.</summary>
    public bool IsOfParts => ByteOrders > 1 || LinkTypes > 1 || SnapLengths > 1;

    /// <summary>Walks a file.</summary>
    /// <returns>Null when it is no pcapng file.</returns>
    public static PcapNgShape? Read(Stream file)
    {
        Span<byte> head = stackalloc byte[HeadLength + BodyLength];
        HashSet<bool> orders = [];
        HashSet<uint> links = [], snaps = [];
        int sections = 0, interfaces = 0;
        bool big = false;
        bool first = true;
        while (true)
        {
            int count = file.ReadAtLeast(head[..HeadLength], HeadLength, throwOnEndOfStream: false);
            if (count < HeadLength)
            {
                return first ? null : Shape(whole: count == 0);
            }

            bool isSection = BinaryPrimitives.ReadUInt32LittleEndian(head) == SectionHeader; // a palindrome
            if (first && !isSection)
            {
                return null;
            }

            first = false;
            bool hasBody = isSection || Word(head, big) == InterfaceDescription;
            if (hasBody && file.ReadAtLeast(head[HeadLength..], BodyLength, throwOnEndOfStream: false) < BodyLength)
            {
                return Shape(whole: false);
            }

            if (isSection)
            {
                big = BinaryPrimitives.ReadUInt32BigEndian(head[HeadLength..]) == ByteOrderMagic;
                orders.Add(big);
                sections++;
            }
            else if (hasBody)
            {
                interfaces++;
                links.Add(big ? BinaryPrimitives.ReadUInt16BigEndian(head[HeadLength..]) : BinaryPrimitives.ReadUInt16LittleEndian(head[HeadLength..]));
                snaps.Add(Word(head[(HeadLength + 4)..], big));
            }

            uint length = Word(head[4..], big);
            if (length < MinBlock || !Skip(file, length - HeadLength - (hasBody ? BodyLength : 0)))
            {
                return Shape(whole: false);
            }
        }

        PcapNgShape Shape(bool whole) => new(sections, orders.Count, interfaces, links.Count, snaps.Count, whole);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static bool Skip(Stream file, long bytes)
    {
        Span<byte> rest = stackalloc byte[4096];
        while (bytes > 0)
        {
            int count = file.Read(rest[..(int)Math.Min(bytes, rest.Length)]);
            if (count == 0)
            {
                return false;
            }

            bytes -= count;
        }

        return bytes == 0;
    }
}
