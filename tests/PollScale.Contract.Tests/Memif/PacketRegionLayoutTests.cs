using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using PollScale.Memif;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.Tests.Memif;

public class PacketRegionLayoutTests
{
    [Fact]
    public void Every_layout_survives_its_header()
    {
        Prop.ForAll<byte, byte, byte>((rx, tx, buffer) =>
        {
            PacketRegionLayout layout = Any(rx, tx, buffer);
            byte[] header = new byte[PacketRegionLayout.HeaderBytes];
            layout.Write(header);
            PacketRegionLayout read = PacketRegionLayout.Read(header);
            return Parts(read).SequenceEqual(Parts(layout)) && read.RegionSize == layout.RegionSize
                && read.BufferSize == layout.BufferSize && read.Log2RxSize == layout.Log2RxSize && read.Log2TxSize == layout.Log2TxSize;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_parts_of_a_layout_lie_in_the_region_and_do_not_overlap()
    {
        Prop.ForAll<byte, byte, byte>((rx, tx, buffer) => IsSound(Any(rx, tx, buffer))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_random_or_damaged_header_is_read_as_a_sound_layout_or_refused_by_name()
    {
        Random random = new(1);
        byte[] good = new byte[64];
        Any(7, 3, 4).Write(good);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] header = [.. good];
            if (i % 4 == 0)
            {
                random.NextBytes(header);
                BinaryPrimitives.WriteUInt32LittleEndian(header, PacketRegionLayout.Magic);
                BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), PacketRegionLayout.Version);
            }
            else if (i % 4 == 1)
            {
                header = header[..random.Next(header.Length)];
            }
            else
            {
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                {
                    header[random.Next(PacketRegionLayout.HeaderBytes)] ^= (byte)(1 << random.Next(8));
                }
            }

            try
            {
                Assert.True(IsSound(PacketRegionLayout.Read(header)));
            }
            catch (PacketRegionException)
            {
                refused++;
            }
        }

        // Headers cut behind their last field, and flips that undo each other, are the only ones left whole.
        Assert.InRange(refused, 15_000, 19_999);
    }

    [Theory]
    [InlineData(PacketRegionLayout.MagicField, 0x1234u, "not a PollScale packet region")]
    [InlineData(PacketRegionLayout.VersionField, PacketRegionLayout.Version + 1, "layout version 4")]
    [InlineData(PacketRegionLayout.RegionSizeField, 4096u, "region size is 4096")]
    [InlineData(PacketRegionLayout.Log2RxSizeField, 15u, "2^15")]
    [InlineData(PacketRegionLayout.Log2TxSizeField, 0xFFFF_FFFFu, "exponent")]
    [InlineData(PacketRegionLayout.BufferSizeField, 2000u, "buffer of 2000 bytes")]
    [InlineData(PacketRegionLayout.RxRingField, 0u, "rx ring's offset")]
    [InlineData(PacketRegionLayout.TxRingField, 0xFFFF_F000u, "tx ring's offset")]
    [InlineData(PacketRegionLayout.RxBuffersField, 1u, "rx buffers' offset")]
    [InlineData(PacketRegionLayout.TxBuffersField, 1u, "tx buffers' offset")]
    [InlineData(PacketRegionLayout.TelemetryField, 1u, "telemetry block's offset")]
    public void Each_fault_is_named(int field, uint value, string expected)
    {
        byte[] header = new byte[PacketRegionLayout.HeaderBytes];
        PacketRegionLayout.Create().Write(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(field), value);

        PacketRegionException fault = Assert.Throws<PacketRegionException>(() => PacketRegionLayout.Read(header));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_stop_flag_and_the_fields_do_not_share_bytes() => Assert.True(PacketRegionLayout.HeaderBytes <= PacketRegionLayout.StopField);

    private static PacketRegionLayout Any(byte rx, byte tx, byte buffer) => PacketRegionLayout.Create(5 + (rx % 10), 5 + (tx % 10), 128 << (buffer % 9));

    private static bool IsSound(PacketRegionLayout layout)
    {
        long end = PacketRegionLayout.HeaderBytes;
        foreach ((int offset, long size) in Parts(layout).OrderBy(part => part.Offset))
        {
            if (offset < end || offset % 4096 != 0)
            {
                return false;
            }

            end = offset + size;
        }

        return end <= layout.RegionSize;
    }

    private static IEnumerable<(int Offset, long Size)> Parts(PacketRegionLayout layout) =>
    [
        (layout.RxRing, MemifAbi.RingBytes(layout.Log2RxSize)),
        (layout.TxRing, MemifAbi.RingBytes(layout.Log2TxSize)),
        (layout.Telemetry, LcoreTelemetryLayout.Size),
        (layout.RxBuffers, (long)layout.BufferSize << layout.Log2RxSize),
        (layout.TxBuffers, (long)layout.BufferSize << layout.Log2TxSize),
    ];
}
