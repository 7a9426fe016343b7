using FsCheck;
using FsCheck.Fluent;
using PollScale.Memif;
using Xunit;

namespace PollScale.Tests.Memif;

public unsafe class QueueTests
{
    [Fact]
    public void Packets_come_out_whole_and_in_order_over_many_turns_of_the_ring()
    {
        using TestRegion host = new();
        using PacketRegion guest = host.Open();
        RxPacket[] packets = new RxPacket[64];
        Random random = new(5);
        ulong posted = 0;
        ulong taken = 0;
        while (taken < 200_000)
        {
            for (int room = random.Next(0, host.Rx.Size - (int)(posted - taken) + 1); room > 0; room--)
            {
                host.Post(posted, (int)(posted % (ulong)host.Layout.MaxFrame));
                posted++;
            }

            int waiting = (int)(posted - taken);
            Assert.Equal(waiting, guest.RxQueue.Backlog);
            int count = guest.RxQueue.Burst(packets.AsSpan(0, random.Next(0, 65)));
            Assert.InRange(count, 0, RxQueue.MaxBurst);
            Assert.Equal(waiting - count, guest.RxQueue.Backlog);
            for (int i = 0; i < count; i++, taken++)
            {
                Assert.True(packets[i].IsValid);
                Assert.Equal(taken, packets[i].Sequence);
                Assert.Equal(taken * 1000, packets[i].SendTsc);
                Assert.Equal((int)(taken % (ulong)host.Layout.MaxFrame), packets[i].Length);
                Assert.Equal(-1, packets[i].Span.IndexOfAnyExcept((byte)taken));
            }

            guest.RxQueue.Release(count);
        }
    }

    [Fact]
    public void A_full_burst_is_taken_even_when_the_buffer_is_larger()
    {
        using TestRegion host = new(6);
        using PacketRegion guest = host.Open();
        for (ulong i = 0; i < 64; i++)
        {
            host.Post(i, 60);
        }

        Assert.Equal(32, guest.RxQueue.Burst(new RxPacket[64]));
        Assert.Equal(32, guest.RxQueue.Backlog);
        Assert.Equal(32, guest.RxQueue.Burst(new RxPacket[64]));
        Assert.Equal(64, guest.RxQueue.Held);
        Assert.Equal(0, host.Rx.Tail);
        guest.RxQueue.Release(40);
        Assert.Equal(40, host.Rx.Tail);
        Assert.Throws<ArgumentOutOfRangeException>(() => guest.RxQueue.Release(25));
        Assert.Throws<ArgumentOutOfRangeException>(() => guest.RxQueue.Release(-1));
    }

    [Fact]
    public void No_descriptor_makes_a_packet_outside_the_region()
    {
        using TestRegion host = new();
        using PacketRegion guest = host.Open();
        RxPacket[] packets = new RxPacket[1];
        uint size = (uint)host.Layout.RegionSize;
        Gen<uint> offsets = Gen.OneOf(
            Gen.Choose(-20, 20).Select(i => size + (uint)i),
            Gen.Choose(-20, 20).Select(i => (uint)i),
            Gen.Choose(0, (int)size).Select(i => (uint)i),
            Gen.Choose(int.MinValue, int.MaxValue).Select(i => (uint)i));
        Gen<(uint Offset, uint Length, int Region, int Flags)> descriptors =
            from offset in offsets
            from length in Gen.OneOf(Gen.Choose(0, 200).Select(i => (uint)i), offsets)
            from region in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(0, ushort.MaxValue)))
            from flags in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(0, ushort.MaxValue)))
            select (offset, length, region, flags);
        Prop.ForAll(descriptors.ToArbitrary(), d =>
        {
            host.Rx.Descriptor(host.Rx.Head) = new memif_desc_t { offset = d.Offset, length = d.Length, region = (ushort)d.Region, flags = (ushort)d.Flags };
            host.Rx.Head++;
            int count = guest.RxQueue.Burst(packets);
            guest.RxQueue.Release(count);
            bool inside = d.Offset >= PacketRegionLayout.BufferHeadroom && (ulong)d.Offset + d.Length <= size && d.Length <= (uint)host.Layout.MaxFrame;
            bool honest = inside && d.Region == 0 && (d.Flags & 1) == 0;
            return count == 1 && packets[0].IsValid == honest
                && (!honest || (packets[0].Frame == host.Memory + d.Offset && packets[0].Length == (int)d.Length));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
    }

    [Fact]
    public void No_head_makes_a_backlog_or_a_burst_beyond_the_ring()
    {
        using TestRegion host = new();
        using PacketRegion guest = host.Open();
        RxPacket[] packets = new RxPacket[32];
        Prop.ForAll<ushort>(head =>
        {
            host.Rx.Head = head;
            bool bounded = guest.RxQueue.Backlog is >= 0 and <= 32;
            int count = guest.RxQueue.Burst(packets);
            bool held = guest.RxQueue.Held <= host.Rx.Size;
            guest.RxQueue.Release((head & 3) == 0 ? guest.RxQueue.Held : count / 2);
            return bounded && held && count is >= 0 and <= 32;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
    }

    [Fact]
    public void A_sent_packet_carries_bytes_length_time_and_sequence()
    {
        using TestRegion host = new();
        using PacketRegion guest = host.Open();
        RxPacket[] packets = new RxPacket[32];
        for (int i = 0; i < host.Tx.Size; i++)
        {
            host.Post(0x1_0000_0007UL + (ulong)i, 60 + i);
        }

        host.Tx.Head = (ushort)host.Tx.Size;
        int count = guest.RxQueue.Burst(packets);
        for (int i = 0; i < count; i++)
        {
            Assert.True(guest.TxQueue.TrySend(packets[i]));
        }

        Assert.Equal(0, host.Tx.Tail);
        Assert.Equal(32, guest.TxQueue.Unpublished);
        guest.TxQueue.Publish();
        Assert.Equal(32, host.Tx.Tail);
        Assert.False(guest.TxQueue.TryReserve(out _));
        for (int i = 0; i < count; i++)
        {
            byte* frame = host.Memory + host.TxFrameOffset(i);
            ulong sequence = 0x1_0000_0007UL + (ulong)i;
            Assert.Equal((uint)(60 + i), host.Tx.Descriptor(i).length);
            Assert.Equal((uint)sequence, host.Tx.Descriptor(i).metadata);
            Assert.Equal(sequence, *(ulong*)(frame - 8));
            Assert.Equal(sequence * 1000, *(ulong*)(frame - 16));
            Assert.Equal(-1, new Span<byte>(frame, 60 + i).IndexOfAnyExcept((byte)sequence));
        }

        host.Tx.Descriptor(0).length = (uint)host.Layout.MaxFrame;
        host.Tx.Head++;
        Assert.True(guest.TxQueue.TryReserve(out _));
    }

    [Fact]
    public void A_frame_too_long_or_not_reserved_is_refused()
    {
        using TestRegion host = new();
        using PacketRegion guest = host.Open();
        host.Tx.Head = 1;
        Assert.Throws<InvalidOperationException>(() => guest.TxQueue.Commit(60, 0, 0));
        Assert.True(guest.TxQueue.TryReserve(out byte* first));
        Assert.True(guest.TxQueue.TryReserve(out byte* again));
        Assert.True(first == again);
        Assert.Throws<ArgumentOutOfRangeException>(() => guest.TxQueue.Commit(guest.TxQueue.MaxFrame + 1, 0, 0));
        guest.TxQueue.Commit(guest.TxQueue.MaxFrame, 0, 0);
        Assert.False(guest.TxQueue.TryReserve(out byte* none));
        Assert.True(none == null);
    }

    [Fact]
    public void A_packet_that_is_not_valid_is_not_sent_on()
    {
        using TestRegion host = new();
        using PacketRegion guest = host.Open();
        host.Tx.Head = 1;
        Assert.Throws<ArgumentException>(() => guest.TxQueue.TrySend(default(RxPacket)));
        guest.TxQueue.Publish();
        Assert.Equal(0, host.Tx.Tail);
    }

    [Fact]
    public void Whatever_the_host_posts_no_buffer_leaves_the_region()
    {
        using TestRegion host = new();
        using PacketRegion guest = host.Open();
        Random random = new(3);
        byte* end = host.Memory + host.Layout.RegionSize;
        int reserved = 0;
        for (int i = 0; i < 20_000; i++)
        {
            int slot = random.Next(host.Tx.Size);
            host.Tx.Descriptor(slot) = new memif_desc_t
            {
                offset = random.Next(3) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)(host.Layout.RegionSize - random.Next(300)),
                length = random.Next(2) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)host.Layout.MaxFrame,
                region = (ushort)random.Next(2),
                flags = (ushort)random.Next(2),
            };
            host.Tx.Head = (ushort)(random.Next(4) == 0 ? random.Next(ushort.MaxValue) : host.Tx.Tail + random.Next(host.Tx.Size + 1));
            if (guest.TxQueue.TryReserve(out byte* frame))
            {
                reserved++;
                Assert.True(frame - PacketRegionLayout.BufferHeadroom >= host.Memory && frame + guest.TxQueue.MaxFrame <= end);
                guest.TxQueue.Commit(random.Next(guest.TxQueue.MaxFrame + 1), 1, 2);
            }

            guest.TxQueue.Publish();
        }

        Assert.True(reserved > 100);
        Assert.True(guest.TxQueue.BadDescriptors > 100);
    }
}
