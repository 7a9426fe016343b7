using System.Diagnostics;
using PollScale.GuestChannel;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

/// <summary>The guest's end against a model of DPDK's daemon, over socket pairs and a pty.</summary>
public class GuestChannelTransportTests
{
    private static readonly uint[] s_kHz = [3_000_000, 2_600_000, 2_200_000, 1_800_000, 1_400_000, 1_000_000];

    // The model delays 1 ms a packet, and the machine may be busy: the default of 10 ms would fail for its slowness.
    private static readonly GuestChannelOptions s_options = new() { GuestName = "vm0", ReplyTimeout = TimeSpan.FromSeconds(5) };

    private static readonly PStateTable s_table = new(s_kHz, 0, 5, 20_000);

    [Fact]
    public void The_table_is_learnt_by_walking_down()
    {
        using Peer peer = Peer.Make();
        using GuestChannelTransport transport = new(s_options, peer.Guest);

        Assert.Equal("guest-channel", transport.Doorbell);
        Assert.Equal(s_kHz, transport.PStates.KHz.ToArray());
        Assert.Equal((0, 0, 5), (peer.Daemon.Index, transport.PStates.FastestAllowed, transport.PStates.SlowestAllowed));
    }

    [Fact]
    public void Every_p_state_is_reached_from_every_other_by_known_commands()
    {
        using Peer peer = Peer.Make();
        using GuestChannelTransport transport = new(s_options with { PStates = s_table }, peer.Guest);
        foreach (int target in (int[])[3, 0, 1, 5, 4, 2, 2, 0, 5, 3])
        {
            Assert.Equal(target, transport.Call(new FrequencyCall(FrequencyOp.SetPState, target)).Value);
            Assert.Equal(target, peer.Daemon.Index);
        }

        // From nowhere by MAX; the same again sends nothing; 5 to 4 and 4 to 2 by steps up.
        Assert.Equal("Max Down Down Down|Max|Down|Min|Up|Up Up||Max|Min|Up Up", string.Join('|', Moves(peer.Daemon.Units, [4, 1, 1, 1, 1, 2, 0, 1, 1, 2])));
    }

    [Fact]
    public void A_target_near_the_fastest_is_reached_by_max_never_by_way_of_a_slower_one()
    {
        using Peer peer = Peer.Make();
        using GuestChannelTransport transport = new(s_options with { PStates = s_table }, peer.Guest);
        transport.Call(new FrequencyCall(FrequencyOp.Min));
        transport.Call(new FrequencyCall(FrequencyOp.SetPState, 1));

        Assert.Equal([ScaleUnit.Min, ScaleUnit.Max, ScaleUnit.Down], peer.Daemon.Units);
    }

    [Fact]
    public void Packets_are_zero_but_for_what_is_meant()
    {
        using Peer peer = Peer.Make();
        using (GuestChannelTransport transport = new(s_options with { PStates = s_table, ReadBack = true }, peer.Guest))
        {
            transport.Call(new FrequencyCall(FrequencyOp.Min));
        }

        byte[][] packets = [.. peer.Daemon.Packets];
        Assert.Equal(3, packets.Length);
        Assert.Equal([0, 2, 0, 0, 0], Only(packets[0], 0..8, 12..16, 8..12, 16..48, 48..56));
        Assert.Equal([4, 1], packets[1][8..16].Where(b => b != 0));
        Assert.Equal("vm0"u8.ToArray(), packets[2][16..19]);
        Assert.All(packets, packet => Assert.All(packet[56..], b => Assert.Equal(0, b)));
    }

    [Fact]
    public void Stale_acks_are_told_from_the_reply()
    {
        using Peer peer = Peer.Make();
        using GuestChannelTransport transport = new(s_options with { PStates = s_table }, peer.Guest);
        byte[] stale = new byte[GuestChannelAbi.PacketBytes];
        for (int i = 0; i < 10; i++)
        {
            ChannelPackets.WriteRequest(stale, (ChannelCommand)(i % 2 == 0 ? ReplyCommand.Ack : ReplyCommand.Nack), ScaleUnit.Min, 0, tag: (ulong)i);
            peer.Host.Write(stale);
        }

        Assert.Equal(5, transport.Call(new FrequencyCall(FrequencyOp.Min)).Value);
        Assert.Equal((5, 10ul), (peer.Daemon.Index, transport.StaleReplies));
    }

    [Fact]
    public void Half_a_stale_ack_costs_one_call_at_most()
    {
        using Peer peer = Peer.Make();
        using GuestChannelTransport transport = new(s_options with { PStates = s_table, ReplyTimeout = TimeSpan.FromSeconds(1) }, peer.Guest);
        byte[] torn = new byte[GuestChannelAbi.PacketBytes];
        ChannelPackets.WriteRequest(torn, (ChannelCommand)ReplyCommand.Ack, ScaleUnit.Up, 0);
        peer.Host.Write(torn.AsSpan(0, 200));
        _ = transport.Call(new FrequencyCall(FrequencyOp.Min));

        Assert.Equal(0, transport.Call(new FrequencyCall(FrequencyOp.Max)).Value);
        Assert.Equal(3, transport.Call(new FrequencyCall(FrequencyOp.SetPState, 3)).Value);
        Assert.Equal(3, peer.Daemon.Index);
    }

    [Fact]
    public void A_refusal_changes_nothing_that_is_reported()
    {
        using Peer peer = Peer.Make();
        using GuestChannelTransport transport = new(s_options with { PStates = s_table }, peer.Guest);
        transport.Call(new FrequencyCall(FrequencyOp.SetPState, 2));
        peer.Daemon.Fails = true;

        Assert.Equal(FrequencyStatus.Denied, transport.Call(new FrequencyCall(FrequencyOp.Min)).Status);
        Assert.Equal((2, 2L), (peer.Daemon.Index, transport.Call(new FrequencyCall(FrequencyOp.GetPState)).Value));
        peer.Daemon.Fails = false;
        Assert.Equal(3, transport.Call(new FrequencyCall(FrequencyOp.Step, -1)).Value);
        Assert.Equal(3, peer.Daemon.Index);
    }

    [Fact]
    public void A_lost_reply_fails_the_call_and_the_next_starts_from_max()
    {
        using Peer peer = Peer.Make();
        using GuestChannelTransport transport = new(s_options with { PStates = s_table, ReplyTimeout = TimeSpan.FromMilliseconds(500) }, peer.Guest);
        transport.Call(new FrequencyCall(FrequencyOp.SetPState, 2));
        peer.Daemon.Mute = true;
        Stopwatch time = Stopwatch.StartNew();
        Assert.Equal(FrequencyStatus.BackendFailed, transport.Call(new FrequencyCall(FrequencyOp.Step, -1)).Status);
        Assert.InRange(time.Elapsed, TimeSpan.FromMilliseconds(450), TimeSpan.FromSeconds(20));
        peer.Daemon.Mute = false;

        Assert.Equal(4, transport.Call(new FrequencyCall(FrequencyOp.SetPState, 4)).Value);
        Assert.Equal(4, peer.Daemon.Index);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // a pty takes a part of a packet, as a socket does not
    public void A_full_port_says_so_and_tears_no_packet(bool pty)
    {
        using Peer peer = pty ? Peer.MakePty() : Peer.Make();
        using GuestChannelTransport transport = new(s_options with { PStates = s_table, ReplyTimeout = TimeSpan.Zero }, peer.Guest);
        peer.Daemon.Paused = true;
        int refused = 0;
        for (int i = 0; i < 5000 && refused < 20; i++)
        {
            refused += transport.Call(new FrequencyCall(i % 2 == 0 ? FrequencyOp.Min : FrequencyOp.Max)).Status == FrequencyStatus.Throttled ? 1 : 0;
        }

        Assert.Equal(20, refused);
        peer.Daemon.Paused = false;
        Assert.True(SpinWait.SpinUntil(() => transport.Call(new FrequencyCall(FrequencyOp.SetPState, 3)).Value == 3, TimeSpan.FromSeconds(60)));
        Assert.True(SpinWait.SpinUntil(() => peer.Daemon.Index == 3, TimeSpan.FromSeconds(60)));
        Assert.All(peer.Daemon.Packets, packet => Assert.InRange(PacketHead.Read(packet).Command, 1u, 2u));
        Assert.All(peer.Daemon.Packets.Skip(1), packet => Assert.Equal(0xFF, packet[ChannelPacketLayout.Vfid]));
    }

    [Fact]
    public void Without_waiting_a_late_refusal_is_learnt()
    {
        using Peer peer = Peer.Make();
        using GuestChannelTransport transport = new(s_options with { PStates = s_table, ReplyTimeout = TimeSpan.Zero }, peer.Guest);
        peer.Daemon.Fails = true;
        Assert.Equal(5, transport.Call(new FrequencyCall(FrequencyOp.Min)).Value);
        Assert.True(SpinWait.SpinUntil(() => peer.Daemon.Units.Any(), TimeSpan.FromSeconds(20)));
        Assert.True(peer.Guest.WaitReadable(20_000));
        peer.Daemon.Fails = false;

        Assert.Equal(5, transport.Call(new FrequencyCall(FrequencyOp.Min)).Value);
        Assert.True(SpinWait.SpinUntil(() => peer.Daemon.Index == 5, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Read_back_tells_what_the_host_did()
    {
        using Peer peer = Peer.Make();

        // A table that begins two P-states faster than what this host allows.
        PStateTable faster = new([3_800_000, 3_400_000, .. s_kHz], 0, 7, 20_000);
        using GuestChannelTransport transport = new(s_options with { PStates = faster, ReadBack = true }, peer.Guest);

        Assert.Equal(2, transport.Call(new FrequencyCall(FrequencyOp.Max)).Value);
        Assert.Equal(2, transport.Call(new FrequencyCall(FrequencyOp.GetPState)).Value);
    }

    [Theory]
    [InlineData(false, "set_query")]
    [InlineData(true, "did not answer SCALE_MAX")]
    public void A_host_that_tells_nothing_is_named(bool mute, string message)
    {
        using Peer peer = Peer.Make(allowQueries: false);
        peer.Daemon.Mute = mute;
        FrequencyControlUnavailableException error = Assert.Throws<FrequencyControlUnavailableException>(
            () => new GuestChannelTransport(s_options with { ReplyTimeout = TimeSpan.FromMilliseconds(500) }, peer.Guest));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_host_fails_calls_and_nothing_else()
    {
        Peer peer = Peer.Make();
        using GuestChannelTransport transport = new(s_options with { PStates = s_table }, peer.Guest);
        peer.Daemon.Dispose();

        Assert.Equal(FrequencyStatus.BackendFailed, transport.Call(new FrequencyCall(FrequencyOp.Max)).Status);
        Assert.Equal(FrequencyStatus.BackendFailed, transport.Call(new FrequencyCall(FrequencyOp.Min)).Status);
        Assert.Equal(FrequencyStatus.BackendFailed, transport.Call(new FrequencyCall(FrequencyOp.GetPState)).Status);
    }

    [Fact]
    public void A_port_is_found_by_its_name_and_driven_through_a_pty()
    {
        string root = Directory.CreateTempSubdirectory("root").FullName;
        using PseudoTerminal pty = new();
        Directory.CreateDirectory(Path.Combine(root, "sys/class/virtio-ports/vport0p3"));
        Directory.CreateDirectory(Path.Combine(root, "dev"));
        File.WriteAllText(Path.Combine(root, "sys/class/virtio-ports/vport0p3/name"), "virtio.serial.port.poweragent.4\n");
        File.CreateSymbolicLink(Path.Combine(root, "dev/vport0p3"), pty.SlavePath);
        using (DpdkDaemon daemon = new(pty.Master, s_kHz))
        using (GuestChannelTransport transport = (GuestChannelTransport)FrequencyTransport.Open(s_options with { Root = root, Lcore = 4 }))
        {
            Assert.Equal(s_kHz, transport.PStates.KHz.ToArray());
            Assert.Equal(3, transport.Call(new FrequencyCall(FrequencyOp.SetPState, 3)).Value);
            Assert.Equal(3, daemon.Index);
            Assert.All(daemon.Packets, packet => Assert.Equal(4ul, PacketHead.Read(packet).Command == (uint)ChannelCommand.Connect ? 4ul : PacketHead.Read(packet).ResourceId));
        }

        Assert.Contains("poweragent.4", Assert.Throws<FrequencyControlUnavailableException>(() => new GuestChannelTransport(s_options with { Root = root, Lcore = 5 })).Message, StringComparison.Ordinal);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void Calls_allocate_nothing()
    {
        using Peer peer = Peer.Make();
        using GuestChannelTransport transport = new(s_options with { PStates = s_table, ReadBack = true }, peer.Guest);
        for (int i = 0; i < 10; i++)
        {
            transport.Call(new FrequencyCall(FrequencyOp.SetPState, i % 6));
        }

        Allocated.Nothing(() =>
        {
            for (int i = 0; i < 30; i++)
            {
                transport.Call(new FrequencyCall(FrequencyOp.SetPState, i % 6));
            }
        });
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestChannelTransport(new GuestChannelOptions { Lcore = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestChannelTransport(new GuestChannelOptions { ReplyTimeout = TimeSpan.FromMinutes(1) }));
        Assert.Throws<ArgumentException>(() => new GuestChannelTransport(new GuestChannelOptions { ReplyTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentException>(() => new GuestChannelTransport(new GuestChannelOptions { GuestName = new string('x', 32) }));
    }

    private static IEnumerable<int> Only(byte[] packet, params Range[] ranges) => ranges.Select(range => packet[range].Sum(b => b));

    private static IEnumerable<string> Moves(IEnumerable<ScaleUnit> units, IEnumerable<int> lengths)
    {
        Queue<ScaleUnit> left = new(units);
        foreach (int length in lengths)
        {
            yield return string.Join(' ', Enumerable.Range(0, length).Select(_ => left.Dequeue()));
        }

        Assert.Empty(left);
    }

    private sealed record Peer(StreamDescriptor Guest, StreamDescriptor Host, DpdkDaemon Daemon, PseudoTerminal? Pty = null) : IDisposable
    {
        public static Peer MakePty()
        {
            PseudoTerminal pty = new();
            return new Peer(StreamDescriptor.OpenDevice(pty.SlavePath), pty.Master, new DpdkDaemon(pty.Master, s_kHz), pty);
        }

        public static Peer Make(bool allowQueries = true)
        {
            (StreamDescriptor guest, StreamDescriptor host) = StreamDescriptor.Pair();
            return new Peer(guest, host, new DpdkDaemon(host, s_kHz) { AllowQueries = allowQueries });
        }

        public void Dispose()
        {
            Daemon.Dispose();
            Guest.Dispose();
            Pty?.Dispose();
        }
    }
}
