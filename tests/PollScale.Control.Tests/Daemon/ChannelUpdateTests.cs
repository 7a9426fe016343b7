using PollScale.GuestChannel;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Policy.Cores;
using PollScale.Native;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon;

/// <summary>Other channels while the server serves.</summary>
public sealed class ChannelUpdateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("update").FullName;
    private readonly Dictionary<string, (ScriptedBackend Backend, VcpuService Service)> _cores = [];
    private int _left;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Channels_that_stay_keep_their_peer_wherever_they_stand_in_the_list()
    {
        using ChannelLab lab = new(Bind("a"), Bind("b"), Bind("c"));
        using StreamDescriptor b = ChannelLab.Connect(At("b")), c = ChannelLab.Connect(At("c"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(b, ChannelLab.Scale(ScaleUnit.Down)));

        Assert.Empty(lab.Server.Update([Bind("d"), Bind("c"), Bind("b")]));

        using StreamDescriptor d = ChannelLab.Connect(At("d"));
        foreach (StreamDescriptor guest in (StreamDescriptor[])[b, c, d])
        {
            Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));
        }

        Assert.Equal((2, 1, 1), (_cores["b"].Backend.Requested, _cores["c"].Backend.Requested, _cores["d"].Backend.Requested));
        Assert.All(lab.Server.Channels, channel => Assert.Equal(1ul, channel.Counters.Connects));
        Assert.False(File.Exists(At("a")));
        using StreamDescriptor second = ChannelLab.Connect(At("c"));
        ChannelLab.Until(() => lab.Server.Channels[1].Counters.RefusedPeers == 1, "the listener lost its place");
    }

    [Fact]
    public void A_connection_that_waits_for_its_VM_goes_on_waiting()
    {
        using ChannelLab lab = new(Bind("a"), Connecting("vm"));
        lab.Server.Update([Connecting("vm"), Bind("a")]);
        using StreamDescriptor qemu = UnixSocket.Listen(At("vm"));
        Assert.True(qemu.WaitReadable((int)ChannelLab.Patience.TotalMilliseconds), "the server does not connect");
        using StreamDescriptor guest = UnixSocket.TryAccept(qemu)!;

        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));
    }

    [Fact]
    public void A_path_may_go_from_one_vcpu_to_another()
    {
        using ChannelLab lab = new(Bind("a"), Bind("b"));
        using StreamDescriptor old = ChannelLab.Connect(At("a"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(old, ChannelLab.Scale(ScaleUnit.Down)));

        Assert.Empty(lab.Server.Update([Bind("a", "b"), Bind("b", "a")]));

        Assert.Equal((0, 1), (ChannelLab.ReadEnd(old), _left));
        using StreamDescriptor next = ChannelLab.Connect(At("a"));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(next, ChannelLab.Scale(ScaleUnit.Down)));
        Assert.Equal((1, 1), (_cores["a"].Backend.Requested, _cores["b"].Backend.Requested));
    }

    [Fact]
    public void A_peers_end_is_told_once()
    {
        using ChannelLab lab = new(Bind("a"));
        for (int peer = 1; peer <= 2; peer++)
        {
            ChannelLab.Connect(At("a")).Dispose();
            ChannelLab.Until(() => Volatile.Read(ref _left) == peer, "the end of the peer is not told");
        }

        ChannelLab.Until(() => lab.Server.Channels[0].Stream is null, "the stream is kept");
        Assert.Equal(2, _left);
    }

    [Fact]
    public void A_channel_that_cannot_be_made_is_told_with_its_place_and_keeps_nobody_from_being_served()
    {
        using ChannelLab lab = new(Bind("a"));
        using StreamDescriptor a = ChannelLab.Connect(At("a"));
        string failure = Assert.Single(lab.Server.Update([Bind("no/folder") with { At = "policy.yaml:7:3: " }, Bind("a")]));

        Assert.StartsWith("policy.yaml:7:3: The channel listen:", failure, StringComparison.Ordinal);
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(a, ChannelLab.Scale(ScaleUnit.Down)));
        Assert.Equal("a", Assert.Single(lab.Server.Channels).Binding.GuestName);
    }

    [Fact]
    public void Two_channels_for_one_vcpu_or_an_ended_server_change_nothing()
    {
        using ChannelServer server = new([Bind("a")]);
        server.Start();
        Assert.Contains("Two channels", Assert.Throws<ChannelException>(() => server.Update([Bind("a"), Bind("a", "b")])).Message, StringComparison.Ordinal);
        Assert.Empty(server.Stop(ChannelLab.Patience));

        Assert.Contains("has ended", Assert.Throws<ChannelException>(() => server.Update([])).Message, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(server.Channels).Binding.GuestName);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private ChannelBinding Bind(string guest, string? path = null) => Make(guest, new ListenEndpoint(At(path ?? guest)));

    private ChannelBinding Connecting(string guest) => Make(guest, new ConnectEndpoint(At(guest)));

    private ChannelBinding Make(string guest, IChannelEndpoint endpoint)
    {
        if (!_cores.TryGetValue(guest, out (ScriptedBackend Backend, VcpuService Service) core))
        {
            ScriptedBackend backend = new(ChannelLab.Table);
            core = _cores[guest] = (backend, ChannelLab.Service(backend));
        }

        return ChannelLab.Binding(endpoint, core.Service, guest) with { Left = () => Interlocked.Increment(ref _left) };
    }
}
