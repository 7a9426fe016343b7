using System.Buffers.Binary;

namespace PollScale.Memif;

internal sealed partial class PacketRegionLayout
{
    /// <summary>Bytes of the header that hold its fields.</summary>
    public const int HeaderBytes = TelemetryField + sizeof(uint);

    /// <summary>Writes the header's fields; the other bytes of <paramref name="header"/> are left alone.</summary>
    /// <param name="header">The region's first bytes, at least <see cref="HeaderBytes"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="header"/> is too short.</exception>
    public void Write(Span<byte> header)
    {
        if (header.Length < HeaderBytes)
        {
            throw new ArgumentException($"A header takes {HeaderBytes} bytes; {header.Length} were given.", nameof(header));
        }

        Put(header, MagicField, Magic);
        Put(header, VersionField, Version);
        Put(header, RegionSizeField, (uint)RegionSize);
        Put(header, Log2RxSizeField, (uint)Log2RxSize);
        Put(header, Log2TxSizeField, (uint)Log2TxSize);
        Put(header, BufferSizeField, (uint)BufferSize);
        Put(header, RxRingField, (uint)RxRing);
        Put(header, TxRingField, (uint)TxRing);
        Put(header, RxBuffersField, (uint)RxBuffers);
        Put(header, TxBuffersField, (uint)TxBuffers);
        Put(header, TelemetryField, (uint)Telemetry);
    }

    /// <summary>
    /// Reads a header. The three sizes fix every offset of this version, and a header that puts a part elsewhere is refused;
    /// so all parts of a layout that is returned lie inside its region and none overlap.
    /// </summary>
    /// <param name="header">The region's first bytes.</param>
    /// <exception cref="PacketRegionException">The header is too short, foreign, of another version, or contradicts itself.</exception>
    public static PacketRegionLayout Read(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderBytes)
        {
            throw new PacketRegionException($"The region has {header.Length} bytes, its header alone takes {HeaderBytes}: it was never set up.");
        }

        uint magic = Get(header, MagicField);
        if (magic != Magic)
        {
            throw new PacketRegionException(
                $"This is not a PollScale packet region: it begins with 0x{magic:X8}, not 0x{Magic:X8}. Give the region that the host offers.");
        }

        uint version = Get(header, VersionField);
        if (version != Version)
        {
            throw new PacketRegionException(
                $"The region has layout version {version}; this library knows version {Version}. Use a host and an application of the same release.");
        }

        PacketRegionLayout layout;
        try
        {
            layout = Create(ToInt(header, Log2RxSizeField), ToInt(header, Log2TxSizeField), ToInt(header, BufferSizeField));
        }
        catch (ArgumentException e)
        {
            throw new PacketRegionException($"The region's header is damaged. {e.Message}", e);
        }

        Expect(header, RegionSizeField, "region size", layout.RegionSize);
        Expect(header, RxRingField, "rx ring's offset", layout.RxRing);
        Expect(header, TxRingField, "tx ring's offset", layout.TxRing);
        Expect(header, RxBuffersField, "rx buffers' offset", layout.RxBuffers);
        Expect(header, TxBuffersField, "tx buffers' offset", layout.TxBuffers);
        Expect(header, TelemetryField, "telemetry block's offset", layout.Telemetry);
        return layout;
    }

    private static void Expect(ReadOnlySpan<byte> header, int field, string name, int expected)
    {
        uint found = Get(header, field);
        if (found != (uint)expected)
        {
            throw new PacketRegionException($"The region's header is damaged: the {name} is {found}, but its ring and buffer sizes require {expected}.");
        }
    }

    private static int ToInt(ReadOnlySpan<byte> header, int field) => (int)Math.Min(Get(header, field), int.MaxValue);

    private static uint Get(ReadOnlySpan<byte> header, int field) => BinaryPrimitives.ReadUInt32LittleEndian(header[field..]);

    private static void Put(Span<byte> header, int field, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(header[field..], value);
}
