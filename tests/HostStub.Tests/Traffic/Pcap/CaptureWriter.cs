using System.Buffers.Binary;

namespace PollScale.HostStub.Tests.Traffic.Pcap;

/// <summary>Writes small captures byte by byte, right ones and wrong ones.</summary>
internal static class CaptureWriter
{
    public const uint Micro = 0xA1B2C3D4;
    public const uint Nano = 0xA1B23C4D;

    internal readonly record struct Packet(uint Seconds, uint Fraction, byte[] Data, uint? WireLength = null);

    public static byte[] PcapFile(uint magic, uint link, bool bigEndian, params Packet[] packets)
    {
        List<byte> file = [];
        Put(file, magic, bigEndian);
        file.AddRange(bigEndian ? [0, 2, 0, 4] : [2, 0, 4, 0]);
        Put(file, 0, bigEndian);
        Put(file, 0, bigEndian);
        Put(file, 262144, bigEndian);
        Put(file, link, bigEndian);
        foreach (Packet packet in packets)
        {
            Put(file, packet.Seconds, bigEndian);
            Put(file, packet.Fraction, bigEndian);
            Put(file, (uint)packet.Data.Length, bigEndian);
            Put(file, packet.WireLength ?? (uint)packet.Data.Length, bigEndian);
            file.AddRange(packet.Data);
        }

        return [.. file];
    }

    /// <summary>A pcapng file with one section and one interface whose times are in ns.</summary>
    public static byte[] PcapNg(ushort link, params Packet[] packets)
    {
        List<byte> file = [];
        Block(file, 0x0A0D0D0A, [0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
        Block(file, 1, [(byte)link, (byte)(link >> 8), 0, 0, 0, 0, 4, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
        foreach (Packet packet in packets)
        {
            List<byte> body = [];
            ulong time = (packet.Seconds * 1_000_000_000UL) + packet.Fraction;
            Put(body, 0, false);
            Put(body, (uint)(time >> 32), false);
            Put(body, (uint)time, false);
            Put(body, (uint)packet.Data.Length, false);
            Put(body, packet.WireLength ?? (uint)packet.Data.Length, false);
            body.AddRange(packet.Data);
            body.AddRange(new byte[-packet.Data.Length & 3]);
            Block(file, 6, body);
        }

        return [.. file];
    }

    private static void Block(List<byte> file, uint type, IReadOnlyCollection<byte> body)
    {
        Put(file, type, false);
        Put(file, (uint)body.Count + 12, false);
        file.AddRange(body);
        Put(file, (uint)body.Count + 12, false);
    }

    private static void Put(List<byte> file, uint value, bool bigEndian)
    {
        byte[] bytes = new byte[4];
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }

        file.AddRange(bytes);
    }
}
