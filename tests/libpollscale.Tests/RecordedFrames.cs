using System.Buffers.Binary;
using System.Globalization;

namespace PollScale.C.Tests;

/// <summary>Writes frames and routes for guestprobe bench-forward and forward.c, ever the same ones: 1,024 routes in 10.0.0.0/8, one in eight longer than /24.</summary>
internal static class RecordedFrames
{
    /// <summary>Bytes of a frame.</summary>
    public const int FrameBytes = 64;

    private const int Ethernet = 14, Ip = 20, Routes = 1024;

    /// <summary>Frames to addresses of the routes' network.</summary>
    public static void Write(string file, int count)
    {
        Random random = new(1);
        using FileStream stream = File.Create(file);
        byte[] frame = new byte[FrameBytes];
        for (int i = 0; i < count; i++)
        {
            Array.Clear(frame);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Ethernet - 2), 0x0800);
            Span<byte> ip = frame.AsSpan(Ethernet);
            ip[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], FrameBytes - Ethernet);
            (ip[8], ip[9]) = (64, 17);
            BinaryPrimitives.WriteUInt32BigEndian(ip[16..], 10u << 24 | (uint)random.Next(1 << 24));
            uint sum = 0;
            for (int word = 0; word < Ip; word += sizeof(ushort))
            {
                sum += BinaryPrimitives.ReadUInt16BigEndian(ip[word..]);
            }

            sum = (sum >> 16) + (ushort)sum;
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~((sum >> 16) + sum));
            stream.Write(frame);
        }
    }

    /// <summary>Routes.</summary>
    public static void WriteRoutes(string file)
    {
        Random random = new(2);
        HashSet<string> lines = ["10.0.0.0/8 0"];
        HashSet<string> prefixes = [];
        while (lines.Count < Routes)
        {
            int length = random.Next(8) switch { 0 => random.Next(25, 33), <= 4 => 24, _ => random.Next(9, 24) };
            uint prefix = (10u << 24 | (uint)random.Next(1 << 24)) & (uint)(-1L << (32 - length));
            string network = string.Create(CultureInfo.InvariantCulture, $"{prefix >> 24}.{(byte)(prefix >> 16)}.{(byte)(prefix >> 8)}.{(byte)prefix}/{length}");
            if (prefixes.Add(network))
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{network} {random.Next(16)}"));
            }
        }

        File.WriteAllLines(file, lines);
    }
}
