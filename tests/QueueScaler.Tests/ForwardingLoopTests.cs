using PollScale.GuestProbe.Bench;
using PollScale.Hypercall;
using PollScale.Memif;
using PollScale.Samples.QueueScaler;
using PollScale.Samples.QueueScaler.Forwarding;
using PollScale.Telemetry;
using PollScale.Tests.QueueScaler.Forwarding;
using PollScale.Tests.Shared;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.QueueScaler;

public sealed class ForwardingLoopTests : IDisposable
{
    private const uint Routed = 0x0A010203;
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly Dir24_8 _table = new([new Route(0x0A000000, 8, 5)], 1);
    private readonly LoopbackTransport _transport = new(new PStateTable([2_000_000, 1_000_000], 0, 1, 1000), emulated: true);
    private readonly LcoreScaler _scaler;

    public ForwardingLoopTests() => _scaler = new LcoreScaler(new LcoreScalerOptions { Transport = _transport, Pinning = ThreadPinning.Ignore });

    public void Dispose()
    {
        _scaler.Dispose();
        _table.Dispose();
    }

    [Fact]
    public void A_stopped_host_s_ring_is_drained_and_every_packet_is_accounted_for()
    {
        using PrivateRegion host = Region();
        byte[] expired = Frames.Ipv4(Routed, ttl: 1);
        byte[] unrouted = Frames.Ipv4(0x0B000000);
        for (int i = 0; i < 100; i++)
        {
            Offer(host, i % 10 == 3 ? expired : i % 10 == 7 ? unrouted : Frames.Ipv4(Routed), (ulong)i);
        }

        host.Stop();
        Assert.True(Loop(host).Run(Never));

        PacketRegion region = host.Region;
        Assert.Equal(100ul, region.TelemetryField(LcoreTelemetryLayout.Received));
        Assert.Equal(80ul, region.TelemetryField(LcoreTelemetryLayout.Forwarded));
        Assert.Equal(10ul, Drops(region, DropCause.TtlExpired));
        Assert.Equal(10ul, Drops(region, DropCause.NoRoute));
        Assert.Equal(3ul, region.TelemetryField(LcoreTelemetryLayout.FullPolls));
        Assert.Equal(5ul, region.TelemetryField(LcoreTelemetryLayout.Polls));
        Assert.Equal(1ul, region.TelemetryField(LcoreTelemetryLayout.EmptyPolls));
        Assert.Equal(100ul, region.Delay.Snapshot().Count);
        Assert.Equal((ulong)LcoreState.Polling, region.TelemetryField(LcoreTelemetryLayout.State));
        Assert.NotEqual(0ul, region.TelemetryField(LcoreTelemetryLayout.PollingTsc));
        Assert.Equal(80, host.Forwarded);
        Assert.Equal(host.RxRing.Size, host.Room);
        for (int i = 0; i < host.Forwarded; i++)
        {
            Assert.Equal(63, host[i][Frames.Ethernet + 8]);
        }
    }

    [Fact]
    public void A_full_tx_ring_is_a_counted_drop()
    {
        using PrivateRegion host = Region(log2Tx: 5);
        for (int i = 0; i < 50; i++)
        {
            Offer(host, Frames.Ipv4(Routed), 0);
        }

        host.Stop();
        Assert.True(Loop(host).Run(Never));
        Assert.Equal(32ul, host.Region.TelemetryField(LcoreTelemetryLayout.Forwarded));
        Assert.Equal(18ul, Drops(host.Region, DropCause.TxFull));
    }

    [Fact]
    public void Hostile_descriptors_are_counted_and_given_back()
    {
        using PrivateRegion host = Region();
        Action<Ref>[] attacks =
        [
            d => d.Value.offset = uint.MaxValue,
            d => d.Value.offset = 3,
            d => d.Value.length = uint.MaxValue,
            d => d.Value.flags = MemifAbi.DescriptorFlagNext,
            d => d.Value.region = 1,
        ];
        for (int i = 0; i < attacks.Length; i++)
        {
            Offer(host, Frames.Ipv4(Routed), 0);
            attacks[i](new Ref(host.RxRing, i));
        }

        host.Stop();
        Assert.True(Loop(host).Run(Never));
        Assert.Equal((ulong)attacks.Length, Drops(host.Region, DropCause.BadDescriptor));
        Assert.Equal(0, host.Forwarded);
        Assert.Equal(host.RxRing.Size, host.Room);
    }

    [Fact]
    public void A_send_time_in_the_future_counts_as_no_delay()
    {
        using PrivateRegion host = Region();
        Offer(host, Frames.Ipv4(Routed), 0, sendTsc: ulong.MaxValue);
        host.Stop();
        Assert.True(Loop(host).Run(Never));
        Assert.Equal(1ul, host.Region.Delay.Snapshot().Count);
        Assert.Equal(0ul, host.Region.Delay.Snapshot().Max);
    }

    [Fact]
    public void Packets_that_come_while_it_polls_leave_in_their_order()
    {
        const int Packets = 50_000;
        using PrivateRegion host = Region();
        List<string> faults = [];
        Thread peer = new(() =>
        {
            int seen = 0;
            for (int offered = 0; seen < Packets;)
            {
                // What is under way must fit into the tx ring, else a full ring drops packets by right.
                if (offered < Packets && offered - seen < host.RxRing.Size)
                {
                    byte[] frame = Frames.Ipv4(Routed | (uint)(offered & 0xFF));
                    BitConverter.TryWriteBytes(frame.AsSpan(Frames.Ethernet + 20), offered++);
                    Offer(host, frame, (ulong)offered);
                }

                for (int ready = host.Forwarded; ready > 0; ready--, host.Return(1))
                {
                    int number = BitConverter.ToInt32(host[0][(Frames.Ethernet + 20)..]);
                    if (number != seen++)
                    {
                        faults.Add($"{number} came as number {seen - 1}");
                    }
                }
            }

            host.Stop();
        });
        peer.Start();
        Assert.True(Loop(host).Run(Never));
        peer.Join();
        Assert.Empty(faults);
        Assert.Equal((ulong)Packets, host.Region.TelemetryField(LcoreTelemetryLayout.Forwarded));
    }

    [Fact]
    public void Cancel_ends_a_loop_that_nobody_stops()
    {
        using PrivateRegion host = Region();
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(20));
        Assert.False(Loop(host).Run(cancel.Token));
    }

    [Fact]
    public void The_loop_allocates_nothing()
    {
        using PrivateRegion warm = Region();
        Offer(warm, Frames.Ipv4(Routed), 0);
        warm.Stop();
        Loop(warm).Run(Never);

        List<PrivateRegion> hosts = [];
        Allocated.Nothing(() =>
        {
            PrivateRegion host = Region();
            hosts.Add(host);
            for (int i = 0; i < 200; i++)
            {
                Offer(host, i % 2 == 0 ? Frames.Ipv4(Routed) : Frames.Ipv4(Routed, ttl: 0), 0);
            }

            host.Stop();
            ForwardingLoop<LcoreClock, RegionLink> loop = Loop(host);
            return () => loop.Run(Never);
        });
        Assert.All(hosts, host =>
        {
            Assert.Equal(100, host.Forwarded);
            host.Dispose();
        });
    }

    [Fact]
    public void Calls_and_the_granted_p_state_are_shown()
    {
        using PrivateRegion host = Region();
        host.Stop();
        ForwardingLoop<LcoreClock, RegionLink> loop = Loop(host);
        loop.Run(Never);
        loop.ShowScaling();
        Assert.Equal(_scaler.Calls, host.Region.TelemetryField(LcoreTelemetryLayout.Calls));
        Assert.Equal((ulong)_scaler.LastGranted, host.Region.TelemetryField(LcoreTelemetryLayout.PState));
    }

    private static PrivateRegion Region(int log2Tx = 8) => new(PacketRegionLayout.Create(log2RxSize: 8, log2TxSize: log2Tx));

    private static void Offer(PrivateRegion host, byte[] frame, ulong sequence, ulong sendTsc = 1)
    {
        host.Fill(0, frame, sendTsc, sequence);
        host.Offer(1);
    }

    private static ulong Drops(PacketRegion region, DropCause cause) =>
        region.TelemetryField(LcoreTelemetryLayout.Drops + ((int)cause * sizeof(ulong)));

    private ForwardingLoop<LcoreClock, RegionLink> Loop(PrivateRegion host) =>
        new(new RegionLink(host.Region), new TelemetryBlock(host.Region), _table, _scaler, new LcoreClock(_transport), standInTicks: 10, burst: 32);

    private readonly struct Ref(MemifRing ring, int index)
    {
        private readonly MemifRing _ring = ring;

        public ref memif_desc_t Value => ref _ring.Descriptor(index);
    }
}
