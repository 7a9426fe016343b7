using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Frames;
using PollScale.Memif;
using PollScale.Telemetry;
using Xunit;

namespace PollScale.HostStub.Tests.Traffic;

public unsafe class HostileGuestTests
{
    [Fact]
    public void A_tail_out_of_range_is_a_full_ring_and_is_counted()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        using FramePool frames = new(FrameSizes.Default, 0, 1, 8);
        RxProducer producer = new(memory);
        FrameRef frame = frames.Next();
        MemifRing ring = memory.RxRing;
        ring.Tail = 1;

        Assert.False(producer.TryPost(frame.Data, frame.Length, 0, 0));
        Assert.Equal(1UL, producer.CorruptIndices);
        ring.Tail = 0;
        Assert.True(producer.TryPost(frame.Data, frame.Length, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => producer.TryPost(frame.Data, memory.Layout.MaxFrame + 1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => producer.TryPost(frame.Data, -1, 0, 0));
    }

    [Fact]
    public void The_host_takes_nothing_on_trust_from_a_guest_that_scribbles_everywhere()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Scribble(seed, 2000);
        }
    }

    [Fact]
    public void Each_sequence_number_counts_once_and_none_that_was_not_offered()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        using FramePool frames = new(FrameSizes.Default, 0, 1, 8);
        TxConsumer consumer = new(memory);
        using PacketRegion guest = PacketRegion.At((byte*)memory.Address, memory.Size);
        foreach (ulong sequence in new ulong[] { 0, 1, 1, 5, 3, 4, 5, 9, 10, 99, ulong.MaxValue })
        {
            Echo(guest, frames.Next(), sequence);
        }

        Assert.Equal(11, consumer.Poll(64, 10));
        Assert.Equal(4UL, consumer.Forwarded); // 0, 1, 5, 9
        Assert.Equal(4UL * 60, consumer.Bytes);
        Assert.Equal(2UL, consumer.Duplicates); // 1, 5
        Assert.Equal(2UL, consumer.OutOfOrder); // 3, 4
        Assert.Equal(3UL, consumer.InvalidFrames); // 10, 99 and the last
    }

    [Fact]
    public void A_spoiled_frame_or_descriptor_is_invalid()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        using FramePool frames = new(FrameSizes.Default, 0, 1, 8);
        TxConsumer consumer = new(memory);
        using PacketRegion guest = PacketRegion.At((byte*)memory.Address, memory.Size);
        MemifRing ring = memory.TxRing;
        FrameRef frame = frames.Next();
        for (ulong i = 0; i < 6; i++)
        {
            Echo(guest, frame, i);
        }

        *(byte*)(memory.Address + memory.Layout.TxBuffers + 16 + 24) ^= 1;
        ring.Descriptor(1).length = uint.MaxValue;
        ring.Descriptor(2).flags = MemifAbi.DescriptorFlagNext;
        ring.Descriptor(3).metadata++;
        ring.Descriptor(4).length = 33;

        Assert.Equal(6, consumer.Poll(64, 6));
        Assert.Equal(5UL, consumer.InvalidFrames);
        Assert.Equal(1UL, consumer.Forwarded);
        for (int i = 0; i < 6; i++)
        {
            memif_desc_t posted = ring.Descriptor(i);
            Assert.Equal((uint)memory.Layout.MaxFrame, posted.length);
            Assert.Equal(0u, posted.flags | posted.metadata | (uint)posted.region);
        }
    }

    [Fact]
    public void A_state_that_is_none_reads_as_booting()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        *(ulong*)memory.TelemetryAddress = ulong.MaxValue;
        Assert.Equal(LcoreState.Booting, memory.State);
        *(ulong*)memory.TelemetryAddress = (ulong)LcoreState.Done;
        Assert.Equal(LcoreState.Done, memory.State);
    }

    [Fact]
    public void A_guest_process_cannot_shrink_the_region_under_the_host()
    {
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 5, 128));
        Assert.Throws<UnauthorizedAccessException>(() => SetLength($"/proc/self/fd/{memory.Fd}"));
    }

    private static void SetLength(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        file.SetLength(0);
    }

    private static void Echo(PacketRegion guest, FrameRef frame, ulong sequence)
    {
        Assert.True(guest.TxQueue.TryReserve(out byte* target));
        frame.Span.CopyTo(new Span<byte>(target, frame.Length));
        guest.TxQueue.Commit(frame.Length, 0, sequence);
        guest.TxQueue.Publish();
    }

    // Telemetry lies between what the host writes: a host that left its own parts would hit it, or fault.
    private static void Scribble(int seed, int steps)
    {
        Random random = new(seed);
        using PacketMemory memory = new(PacketRegionLayout.Create(5, 6, 128));
        using FramePool frames = new(FrameSizes.Default, 0.2, 1, 64);
        RxProducer producer = new(memory);
        TxConsumer consumer = new(memory);
        PacketRegionLayout layout = memory.Layout;
        byte* region = (byte*)memory.Address;
        byte[] fixedParts = new Span<byte>(region + layout.Telemetry, layout.RxBuffers - layout.Telemetry).ToArray();
        ulong offered = 0;
        for (int step = 0; step < steps; step++)
        {
            switch (random.Next(6))
            {
                case 0:
                    *(ushort*)(region + layout.RxRing + MemifAbi.TailOffset) = (ushort)random.Next();
                    break;
                case 1:
                    *(ushort*)(region + layout.TxRing + MemifAbi.TailOffset) = (ushort)random.Next();
                    break;
                case 2:
                    random.NextBytes(new Span<byte>(region + layout.RxRing, MemifAbi.RingBytes(5)));
                    break;
                case 3:
                    random.NextBytes(new Span<byte>(region + layout.TxRing, MemifAbi.RingBytes(6)));
                    break;
                case 4:
                    random.NextBytes(new Span<byte>(region + layout.TxBuffers, layout.BufferSize << 6));
                    break;
                default:
                    MemifRing rx = memory.RxRing;
                    rx.Tail = rx.Head;
                    break;
            }

            for (int i = 0; i < 40; i++)
            {
                FrameRef frame = frames.Next();
                producer.TryPost(frame.Data, frame.Length, 1, offered++);
            }

            producer.Publish();
            Assert.InRange(producer.Backlog, 0, 32);
            Assert.InRange(consumer.Poll(64, offered), 0, 64);
        }

        Assert.True(consumer.Forwarded <= offered);
        Assert.True(producer.CorruptIndices > 0 && consumer.CorruptIndices > 0);
        Assert.True(fixedParts.AsSpan().SequenceEqual(new ReadOnlySpan<byte>(region + layout.Telemetry, fixedParts.Length)));
    }
}
