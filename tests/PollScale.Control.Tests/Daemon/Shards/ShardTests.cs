using System.Diagnostics;
using PollScale.GuestChannel;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Telemetry;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon.Shards;

/// <summary>Several shards: what one does delays no other.</summary>
public sealed class ShardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shard").FullName;
    private readonly HangingService _slow = new();
    private readonly IFrequencyService _quick = ChannelLab.Service(new ScriptedBackend(ChannelLab.Table));

    public void Dispose()
    {
        _slow.Hangs = false;
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_service_that_hangs_holds_up_its_own_shard_only()
    {
        using ChannelLab lab = new(Bind("slow", _slow, 1), Bind("quick", _quick, 2));
        using StreamDescriptor slow = ChannelLab.Connect(At("slow")), quick = ChannelLab.Connect(At("quick"));
        Hang(slow);

        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(quick, ChannelLab.Scale(ScaleUnit.Min)));
        ChannelLab.Until(() => lab.Server.Shards.Single(shard => shard.Key == 1).AwakeMs > 50, "the shard that hangs is not seen");
        Assert.Equal(0, lab.Server.Shards.Single(shard => shard.Key == 2).AwakeMs);
        _slow.Hangs = false;
        ChannelLab.Read(slow, GuestChannelAbi.PacketBytes);
    }

    [Fact]
    public void A_change_waits_for_a_shard_that_hangs_for_its_patience_only_and_holds_there_later()
    {
        using ChannelLab lab = new(Bind("slow", _slow, 1), Bind("quick", _quick, 2));
        using StreamDescriptor slow = ChannelLab.Connect(At("slow")), quick = ChannelLab.Connect(At("quick"));
        Hang(slow);

        string told = Assert.Single(lab.Server.Update([Bind("slow", _slow, 3), Bind("quick", _quick, 2), Bind("new", _quick, 2)]));

        Assert.Contains("has not answered", told, StringComparison.Ordinal);
        using StreamDescriptor added = ChannelLab.Connect(At("new"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(added, ChannelLab.Scale(ScaleUnit.Min)));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(quick, ChannelLab.Scale(ScaleUnit.Min)));
        _slow.Hangs = false;
        ChannelLab.Read(slow, GuestChannelAbi.PacketBytes);
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(slow, ChannelLab.Scale(ScaleUnit.Min))); // by shard 3, over the same connection
        Assert.Equal(["slow", "quick", "new"], lab.Server.Channels.Select(channel => channel.Binding.GuestName));
    }

    [Fact]
    public void A_channel_keeps_its_peer_and_its_half_packet_from_shard_to_shard()
    {
        using ChannelLab lab = new(Bind("a", _quick, 1), Bind("b", ChannelLab.Service(new ScriptedBackend(ChannelLab.Table)), 1));
        using StreamDescriptor a = ChannelLab.Connect(At("a"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Min)));
        ulong late = 0;
        for (int shard = 2; shard < 8; shard++)
        {
            byte[] request = ChannelLab.Scale(ScaleUnit.Max);
            Stopwatch time = Stopwatch.StartNew();
            ChannelLab.Write(a, request.AsSpan(0, 200));
            Assert.Empty(lab.Server.Update([Bind("a", _quick, shard)]));
            Assert.Equal([shard], lab.Server.Shards.Select(s => s.Key));
            if (time.ElapsedMilliseconds >= ServedChannel.PartialPacketMs / 2)
            {
                // On a busy machine the rest would come too late: the half is given up, and the packet sent whole.
                late++;
                ChannelLab.Until(() => lab.Server.Channels[0].Counters.Torn == late, "the half packet is not given up");
                ChannelLab.Write(a, request.AsSpan(0, 200));
            }

            ChannelLab.Write(a, request.AsSpan(200));
            ChannelLab.Read(a, GuestChannelAbi.PacketBytes);
        }

        ServedChannel channel = Assert.Single(lab.Server.Channels);
        Assert.Equal((1ul, 7ul, late), (channel.Counters.Connects, channel.Counters.Requests, channel.Counters.Torn));
        ChannelLab.Until(() => lab.Server.Latency().Count == 7, "latencies of shards that are gone are lost");
    }

    [Fact]
    public void A_server_that_ends_names_the_threads_that_hang()
    {
        using ChannelServer server = new([Bind("slow", _slow, 1), Bind("quick", _quick, 2)], new ChannelServerOptions { Name = shard => $"shard {shard}" });
        server.Start();
        using StreamDescriptor slow = ChannelLab.Connect(At("slow"));
        Hang(slow);
        Assert.Equal(["shard 1"], server.Stop(TimeSpan.FromMilliseconds(300)));
        _slow.Hangs = false;
        Assert.Empty(server.Stop(ChannelLab.Patience));
    }

    [Fact]
    public void What_a_shard_throws_is_handed_on_and_the_others_go_on()
    {
        Exception? failure = null;
        ChannelServerOptions options = new()
        {
            Tick = (shard, _) =>
            {
                if (shard == 1)
                {
                    throw new InvalidOperationException("scripted");
                }
            },
            Failed = e => failure = e,
        };
        using ChannelServer server = new([Bind("a", ChannelLab.Service(new ScriptedBackend(ChannelLab.Table)), 1), Bind("quick", _quick, 2)], options);
        server.Start();
        ChannelLab.Until(() => failure is not null, "the failure is lost");
        using StreamDescriptor quick = ChannelLab.Connect(At("quick"));

        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(quick, ChannelLab.Scale(ScaleUnit.Min)));
        Assert.Empty(server.Stop(ChannelLab.Patience));
    }

    [Fact]
    public void Without_descriptors_a_peer_waits_without_a_spin_and_is_let_in_later()
    {
        FullEndpoint endpoint = new();
        using ChannelLab lab = new(ChannelLab.Binding(endpoint, _quick));
        ChannelLab.Until(() => lab.Server.Channels[0].Problem == FullEndpoint.Why, "it is not told");
        Thread.Sleep(700);
        Assert.InRange(endpoint.Attempts, 1, 8);
        endpoint.Full = false;
        ChannelLab.Until(() => lab.Server.Channels[0].Stream is not null, "the peer is not let in");
        Assert.Null(lab.Server.Channels[0].Problem);
    }

    [Fact]
    public void One_that_floods_has_its_turns_packet_by_packet_until_it_has_nothing_more_to_say()
    {
        (StreamDescriptor guest, StreamDescriptor host) = StreamDescriptor.Pair();
        using StreamDescriptor end = guest;
        VcpuService service = ChannelLab.Service(new ScriptedBackend(ChannelLab.Table), OneGuest.Guest with { CallsPerSecond = 1, Burst = 2 });
        GuestVcpus vcpus = new();
        vcpus.Add(0, service);
        using ServedChannel channel = new(ChannelLab.Binding(new GivenEndpoint(host), service), vcpus) { Recorder = new LatencyHistogram() };
        channel.TryOpen(0);
        for (int i = 0; i < 8; i++)
        {
            ChannelLab.Write(guest, ChannelLab.Scale(ScaleUnit.Up));
        }

        List<ulong> served = [];
        for (int turn = 0; turn < 6; turn++)
        {
            Assert.True(channel.Serve(0, turn));
            served.Add(channel.Counters.Requests);
            channel.TimeOut(turn);
        }

        ulong first = (ulong)PacketFramer.PacketsPerTurn;
        Assert.Equal([first, first + 1, first + 2, first + 3, first + 4, 8], served);
    }

    [Fact]
    public void Who_spoke_while_a_flood_was_served_comes_before_the_rest_of_the_flood()
    {
        FloodedService flooded = new();
        List<int> floodBefore = [];
        OrderedService quick = new(() => floodBefore.Add(flooded.Calls));
        using ChannelLab lab = new(Bind("flood", flooded, 1), Bind("quick", quick, 1));
        using StreamDescriptor flooder = ChannelLab.Connect(At("flood")), neighbour = ChannelLab.Connect(At("quick"));
        for (int i = 0; i < 30; i++)
        {
            ChannelLab.Write(flooder, ChannelLab.Scale(ScaleUnit.Up));
        }

        ChannelLab.Until(() => flooded.Calls == FloodedService.HoldsAt, "the flood is not served");
        ChannelLab.Write(neighbour, ChannelLab.Scale(ScaleUnit.Min));
        flooded.Released = true;
        ChannelLab.Read(neighbour, GuestChannelAbi.PacketBytes);

        Assert.Equal([FloodedService.HoldsAt], floodBefore);
    }

    private void Hang(StreamDescriptor guest)
    {
        _slow.Hangs = true;
        ChannelLab.Write(guest, ChannelLab.Scale(ScaleUnit.Min));
        ChannelLab.Until(() => _slow.IsHanging, "the request does not arrive");
    }

    private string At(string name) => Path.Combine(_folder, name);

    private ChannelBinding Bind(string guest, IFrequencyService service, int shard) => ChannelLab.Binding(new ListenEndpoint(At(guest)), service, guest) with { Shard = shard };

    private sealed class HangingService : IFrequencyService
    {
        public volatile bool Hangs;
        public volatile bool IsHanging;

        public PStateTable PStates => ChannelLab.Table;

        public bool Granted => true;

        public bool Emulated => true;

        public FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc)
        {
            IsHanging = Hangs;
            while (Hangs)
            {
                Thread.Sleep(1);
            }

            IsHanging = false;
            return new FrequencyReply(0L);
        }

        public int InForce => 0;

        public FrequencyReply AnswerUnknown(int vcpu, ulong tsc) => new(0L);
    }

    /// <summary>A listener with a peer that cannot be accepted.</summary>
    private sealed class FullEndpoint : IChannelEndpoint
    {
        public const string Why = "full";
        private readonly StreamDescriptor _peer, _other;
        private readonly (StreamDescriptor First, StreamDescriptor Second) _stream = StreamDescriptor.Pair();
        private int _attempts;

        public FullEndpoint()
        {
            (_peer, _other) = StreamDescriptor.Pair();
            _peer.Write([1]);
        }

        public volatile bool Full = true;

        public int Attempts => Volatile.Read(ref _attempts);

        public string Name => "full";

        public StreamDescriptor? Listener => _other;

        public void Prepare()
        {
        }

        public StreamDescriptor? TryOpen(out string? problem)
        {
            Interlocked.Increment(ref _attempts);
            problem = Full ? Why : null;
            if (!Full)
            {
                _other.Read(new byte[8]);
            }

            return Full ? null : _stream.First;
        }

        public void Dispose()
        {
            _peer.Dispose();
            _other.Dispose();
            _stream.First.Dispose();
            _stream.Second.Dispose();
        }
    }
}
