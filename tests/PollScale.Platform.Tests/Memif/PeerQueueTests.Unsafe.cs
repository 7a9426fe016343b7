using PollScale.Memif;
using PollScale.Tests.Shared.Drawing;
using Xunit;

namespace PollScale.Tests.Memif;

/// <summary>Queues of a link to any peer, who writes what it likes.</summary>
public unsafe class PeerQueueTests
{
    private const int Log2 = 4;
    private const ushort Next = MemifAbi.DescriptorFlagNext;

    [Fact]
    public void A_packet_may_lie_in_any_region_and_begin_at_its_first_byte()
    {
        using PeerLab lab = new(Log2);
        RxQueue rx = lab.Rx();
        lab.Post(0, 0, 60);
        lab.Post(1, 0, 60);
        lab.Post(1, PeerLab.RegionSize - 60, 60);
        RxPacket[] packets = new RxPacket[32];
        Assert.Equal(3, rx.Burst(packets));
        Assert.True(packets[0].Frame == lab.At(0, 0) && packets[1].Frame == lab.At(1, 0) && packets[2].Frame == lab.At(1, PeerLab.RegionSize - 60));
        Assert.Equal((false, 0ul, 0ul), (packets[0].IsStamped, packets[0].SendTsc, packets[0].Sequence));
        rx.Release(3);
        Assert.Equal((3, MemifAbi.RingFlagMaskInterrupt), (lab.Ring.Tail, lab.Ring.Flags));
    }

    [Fact]
    public void A_chain_is_gathered_over_regions_and_released_as_one()
    {
        using PeerLab lab = new(Log2);
        RxQueue rx = lab.Rx();
        lab.Post(0, 5, 60);
        lab.Post(0, 10, 100, Next);
        lab.Post(1, 20, 200, Next);
        lab.Post(0, 30, 7);
        lab.Post(1, 40, 60);
        RxPacket[] packets = new RxPacket[32];
        Assert.Equal(3, rx.Burst(packets));
        Assert.Equal([.. new Span<byte>(lab.At(0, 10), 100), .. new Span<byte>(lab.At(1, 20), 200), .. new Span<byte>(lab.At(0, 30), 7)], packets[1].Span);
        Assert.True(packets[2].Frame == lab.At(1, 40));
        Assert.Equal((3, 0), (rx.Held, rx.Backlog));
        rx.Release(1);
        Assert.Equal(1, lab.Ring.Tail);
        rx.Release(1);
        Assert.Equal(4, lab.Ring.Tail);
        Assert.Throws<ArgumentOutOfRangeException>(() => rx.Release(2));
        rx.Release(1);
        Assert.Equal((5, 0, 0ul), (lab.Ring.Tail, rx.Held, rx.BadDescriptors));
    }

    [Fact]
    public void A_chain_that_has_no_end_or_a_bad_part_or_is_too_long_is_one_bad_packet()
    {
        using PeerLab lab = new(6);
        RxQueue rx = lab.Rx();
        RxPacket[] packets = new RxPacket[32];
        lab.Post(0, 0, 100, Next);
        lab.Post(0, PeerLab.RegionSize, 1);
        lab.Post(0, 0, 60);
        for (int i = 0; i < 17; i++)
        {
            lab.Post(0, 0, PeerLab.RegionSize, Next); // 68 KiB
        }

        lab.Post(0, 0, 60);
        lab.Post(0, 0, 60);
        lab.Post(0, 0, 60, Next);
        lab.Post(0, 0, 60, Next);
        Assert.Equal(5, rx.Burst(packets));
        Assert.Equal([false, true, false, true, false], packets[..5].Select(packet => packet.IsValid));
        Assert.Equal((5, 3ul), (rx.Held, rx.BadDescriptors));
        rx.Release(5);
        Assert.Equal((24, 0), (lab.Ring.Tail, rx.Held));
    }

    [DrawnProperty(2000)]
    public void Whatever_the_peer_posts_packets_lie_inside_and_all_is_released((byte Region, ushort Offset, uint Length, byte Flags, short Head)[] descriptors, bool own)
    {
        using PeerLab lab = new(Log2);
        RxQueue rx = lab.Rx(own ? new OwnBuffers(0, 256) : null);
        RxPacket[] packets = new RxPacket[32];
        int at = 0;
        foreach ((byte region, ushort offset, uint length, byte flags, short head) in descriptors)
        {
            lab.Ring.Descriptor(at++) = new memif_desc_t
            {
                region = (ushort)(region < 200 ? region & 1 : region),
                offset = offset < 60_000 ? offset % (PeerLab.RegionSize + 16u) : uint.MaxValue - offset,
                length = (length & 1) == 0 ? length % 300 : length,
                flags = flags < 128 ? (ushort)0 : Next,
            };
            ushort index = (ushort)((head & 3) == 0 ? head : at);
            if (own)
            {
                lab.Ring.Tail = index;
            }
            else
            {
                lab.Ring.Head = index;
            }

            Assert.InRange(rx.Backlog, 0, rx.Size);
            int count = rx.Burst(packets);
            Assert.InRange(count, 0, RxQueue.MaxBurst);
            Assert.InRange(rx.Held, count, rx.Size);
            for (int i = 0; i < count; i++)
            {
                Assert.InRange(packets[i].Length, 0, rx.MaxFrame);
                byte sum = 0;
                foreach (byte one in packets[i].Span)
                {
                    sum += one; // what is read must be there
                }

                Assert.True(packets[i].IsValid || (packets[i].Length == 0 && sum == 0));
            }

            rx.Release((head & 8) == 0 ? rx.Held : count / 2);
        }

        rx.Release(rx.Held);
        Assert.Equal(0, rx.Held);
        lab.AssertGuarded();
    }

    [DrawnProperty(2000)]
    public void Whatever_the_peer_frees_frames_are_written_inside((byte Region, ushort Offset, uint Length, ushort Index, ushort Send)[] posted, bool own)
    {
        using PeerLab lab = new(Log2);
        int woken = 0;
        TxQueue tx = new(lab.Ring, lab.Regions, own ? new OwnBuffers(256, 128) : null, () => woken++);
        byte[] frame = new byte[MemifAbi.MaxFrame];
        int at = 0;
        foreach ((byte region, ushort offset, uint length, ushort index, ushort send) in posted)
        {
            lab.Ring.Descriptor(at++) = new memif_desc_t
            {
                region = (ushort)(region < 200 ? region & 1 : region),
                offset = offset < 60_000 ? offset % (PeerLab.RegionSize + 16u) : uint.MaxValue - offset,
                length = (length & 1) == 0 ? length % 300 : length,
                flags = region,
            };
            ushort freed = (index & 3) == 0 ? index : (ushort)(own ? Math.Max(at - 8, 0) : at);
            if (own)
            {
                lab.Ring.Tail = freed;
            }
            else
            {
                lab.Ring.Head = freed;
            }

            if (tx.TryReserve(out byte* buffer))
            {
                Assert.True(lab.IsInside(buffer, tx.Capacity));
                Assert.InRange(tx.Capacity, MemifAbi.MinBuffer, MemifAbi.MaxFrame);
            }

            tx.TrySend(frame.AsSpan(0, (send & 1) == 0 ? send % 2000 : send));
            Assert.InRange(tx.Unpublished, 0, tx.Size);
            tx.Publish();
        }

        Assert.Equal(posted.Length, woken);
        lab.AssertGuarded();
    }

    [Fact]
    public void Own_buffers_are_where_they_were_whatever_the_peer_writes_into_descriptors()
    {
        using PeerLab lab = new(Log2);
        TxQueue tx = new(lab.Ring, lab.Regions, new OwnBuffers(64, 128), null);
        for (int i = 0; i < 16; i++)
        {
            lab.Ring.Descriptor(i) = new memif_desc_t { region = 9, offset = uint.MaxValue, length = uint.MaxValue, flags = Next };
        }

        Assert.True(tx.TrySend(new byte[100]));
        Assert.True(tx.TrySend(new byte[300]));
        tx.Publish();
        Assert.Equal(4, lab.Ring.Head);
        Assert.Equal([(64u, 100u, 0), (192u, 128u, 1), (320u, 128u, 1), (448u, 44u, 0)], Enumerable.Range(0, 4).Select(i => lab.Ring.Descriptor(i)).Select(d => (d.offset, d.length, (int)d.flags)));
        Assert.False(tx.TrySend(new byte[13 * 128]));
        Assert.True(tx.TrySend(new byte[12 * 128]));
        Assert.False(tx.TrySend(new byte[1]));
        lab.Ring.Tail = 1;
        Assert.True(tx.TrySend(new byte[1]));
        lab.Ring.Tail = 0;
        Assert.Throws<ArgumentOutOfRangeException>(() => new TxQueue(lab.Ring, lab.Regions, new OwnBuffers(64, 128), null).TrySend(new byte[MemifAbi.MaxFrame + 1]));
    }

    [Fact]
    public void A_peer_that_sleeps_is_woken_and_one_that_polls_is_not()
    {
        using PeerLab lab = new(Log2);
        int woken = 0;
        TxQueue tx = new(lab.Ring, lab.Regions, new OwnBuffers(0, 128), () => woken++);
        lab.Ring.Flags = MemifAbi.RingFlagMaskInterrupt;
        tx.Publish();
        Assert.Equal(0, woken);
        lab.Ring.Flags = 0;
        tx.Publish();
        Assert.Equal(1, woken);
    }
}
