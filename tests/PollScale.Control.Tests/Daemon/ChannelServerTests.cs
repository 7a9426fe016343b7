using PollScale.GuestChannel;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.Native;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon;

public sealed class ChannelServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("channel").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_channel_scales_its_own_core()
    {
        ScriptedBackend first = new(ChannelLab.Table), second = new(ChannelLab.Table);
        using ChannelLab lab = ChannelLab.WithGuests(ChannelLab.Service(first), ChannelLab.Service(second));

        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(lab.Guests[1], ChannelLab.Scale(ScaleUnit.Down)));
        Assert.Equal(ReplyCommand.Nack, ChannelLab.Ask(lab.Guests[0], ChannelLab.Request(ChannelCommand.CpuPower, ScaleUnit.Down, resource: 1)));
        Assert.Equal((0, 1), (first.Requested, second.Requested));
    }

    [Fact]
    public void Qemus_socket_is_connected_to_and_again_after_the_vm_restarts()
    {
        string path = Path.Combine(_folder, "poweragent.0");
        ScriptedBackend backend = new(ChannelLab.Table);
        using ChannelLab lab = new(ChannelLab.Binding(new ConnectEndpoint(path), ChannelLab.Service(backend)));
        ChannelLab.Until(() => lab.Server.Channels[0].Problem is not null, "no problem is told while the VM is away");
        for (int vm = 1; vm <= 2; vm++)
        {
            using (StreamDescriptor qemu = UnixSocket.Listen(path))
            {
                using StreamDescriptor guest = Accept(qemu);
                Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));
                Assert.Equal(vm, backend.Requested);
            }

            File.Delete(path);
            ChannelLab.Until(() => lab.Server.Channels[0].Stream is null, "the end of the VM is not noticed");
        }

        Assert.Equal(2ul, lab.Server.Channels[0].Counters.Connects);
    }

    [Fact]
    public void A_listening_channel_takes_one_guest_after_the_other()
    {
        string path = Path.Combine(_folder, "listen.0");
        ScriptedBackend backend = new(ChannelLab.Table);
        using (ChannelLab lab = new(ChannelLab.Binding(new ListenEndpoint(path), ChannelLab.Service(backend))))
        {
            using (StreamDescriptor guest = Connect(path))
            {
                Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));
                using StreamDescriptor second = Connect(path);
                ChannelLab.Until(() => lab.Server.Channels[0].Counters.RefusedPeers == 1, "a second guest is not turned away");
                Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));
            }

            ChannelLab.Until(() => lab.Server.Channels[0].Stream is null, "the end of the guest is not noticed");
            using StreamDescriptor next = Connect(path);
            Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(next, ChannelLab.Scale(ScaleUnit.Down)));
            Assert.Equal(3, backend.Requested);
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_socket_in_use_or_another_file_is_not_taken_over()
    {
        string used = Path.Combine(_folder, "used"), file = Path.Combine(_folder, "file"), left = Path.Combine(_folder, "left");
        File.WriteAllText(file, "");
        using StreamDescriptor other = UnixSocket.Listen(used);
        UnixSocket.Listen(left).Dispose();

        Assert.Contains(used, Assert.Throws<ChannelException>(() => new ListenEndpoint(used).Prepare()).Message, StringComparison.Ordinal);
        Assert.Contains(file, Assert.Throws<ChannelException>(() => new PtyEndpoint(file).Prepare()).Message, StringComparison.Ordinal);
        using ListenEndpoint again = new(left);
        again.Prepare();
        Assert.NotNull(again.Listener);
    }

    [Fact]
    public void A_pty_carries_every_byte_as_it_is()
    {
        string path = Path.Combine(_folder, "made", "virtio.serial.port.poweragent.0");
        ScriptedBackend backend = new(ChannelLab.Table);
        using (ChannelLab lab = new(ChannelLab.Binding(new PtyEndpoint(path), ChannelLab.Service(backend))))
        {
            for (int opened = 1; opened <= 2; opened++)
            {
                using StreamDescriptor guest = StreamDescriptor.OpenDevice(path);
                byte[] request = ChannelLab.Scale(ScaleUnit.Down);
                for (int i = 16; i < ChannelPacketLayout.CoreType; i++)
                {
                    request[i] = (byte)(i | 0x80); // not a head, and all that a terminal might change
                }

                ChannelLab.Write(guest, request);
                byte[] reply = ChannelLab.Read(guest, GuestChannelAbi.PacketBytes);
                request[ChannelPacketLayout.Command] = (byte)ReplyCommand.Ack;
                Assert.Equal(request, reply);
                Assert.Equal(opened, backend.Requested);
            }
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public void A_guest_that_never_reads_is_obeyed_all_the_same_and_later_reads_whole_replies()
    {
        const int Requests = 5000;
        ScriptedBackend backend = new(ChannelLab.Table);
        using ChannelLab lab = ChannelLab.WithGuests(ChannelLab.Service(backend));
        for (int i = 0; i < Requests; i++)
        {
            ChannelLab.Write(lab.Guests[0], ChannelLab.Scale(i % 2 == 0 ? ScaleUnit.Min : ScaleUnit.Max, tag: ((ulong)i << 8) | 0xFF));
        }

        ServedChannel channel = lab.Server.Channels[0];
        ChannelLab.Until(() => channel.Counters.Requests == Requests, "not all requests were served");
        Assert.Equal(((ulong)Requests, 0), (channel.Counters[AnswerKind.Acked], backend.Requested));
        Assert.True(channel.Counters.Dropped > 0, "the socket took every reply: the test shows nothing");
        long before = -1;
        for (long left = Requests - (long)channel.Counters.Dropped; left > 0; left--)
        {
            byte[] reply = ChannelLab.Read(lab.Guests[0], GuestChannelAbi.PacketBytes);
            long number = (long)(ChannelPackets.Tag(reply) >> 8);
            Assert.True(PacketHead.Read(reply).Command == (uint)ReplyCommand.Ack && number > before, $"{number} after {before}");
            before = number;
        }

        Assert.Equal(Requests - 1, before);
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(lab.Guests[0], ChannelLab.Scale(ScaleUnit.Up)));
    }

    [Fact]
    public void A_packet_torn_by_a_full_port_is_given_up_after_its_time()
    {
        ScriptedBackend backend = new(ChannelLab.Table);
        using ChannelLab lab = ChannelLab.WithGuests(ChannelLab.Service(backend));
        ChannelLab.Write(lab.Guests[0], ChannelLab.Scale(ScaleUnit.Min).AsSpan(0, 100));
        ChannelLab.Until(() => lab.Server.Channels[0].Counters.Torn == 1, "the torn packet is kept");

        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(lab.Guests[0], ChannelLab.Scale(ScaleUnit.Down)));
        Assert.Equal((1, 100ul), (backend.Requested, lab.Server.Channels[0].Counters.Discarded));
    }

    [Fact]
    public void A_half_closed_guest_is_let_go()
    {
        using ChannelLab lab = ChannelLab.WithGuests(ChannelLab.Service(new ScriptedBackend(ChannelLab.Table)), ChannelLab.Service(new ScriptedBackend(ChannelLab.Table)));
        Assert.Equal(0, LibC.shutdown(lab.Guests[0].Fd, 1));
        ChannelLab.Until(() => lab.Server.Channels[0].Stream is null, "the half-closed stream is kept");

        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(lab.Guests[1], ChannelLab.Scale(ScaleUnit.Min)));
    }

    [Fact]
    public void Two_channels_for_one_vcpu_are_refused()
    {
        ChannelBinding Same(string path) => ChannelLab.Binding(new ConnectEndpoint(path), ChannelLab.Service(new ScriptedBackend(ChannelLab.Table)));

        Assert.Contains("vCPU 0 of vm0", Assert.Throws<ChannelException>(() => new ChannelServer([Same("/a"), Same("/b")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_idle_server_sleeps()
    {
        using ChannelLab lab = ChannelLab.WithGuests(ChannelLab.Service(new ScriptedBackend(ChannelLab.Table)));
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(lab.Guests[0], ChannelLab.Scale(ScaleUnit.Min)));
        string task = Directory.GetDirectories("/proc/self/task").Single(task => NameOf(task) == lab.ThreadName);
        string Switches() => File.ReadLines($"{task}/status").Single(line => line.StartsWith("voluntary", StringComparison.Ordinal));

        // Other tests' threads end while these are listed.
        static string NameOf(string task)
        {
            try
            {
                return File.ReadAllText($"{task}/comm").TrimEnd();
            }
            catch (IOException)
            {
                return "";
            }
        }

        // Longer than any of its timers; one that wakes by itself has no such time.
        bool Sleeps()
        {
            string before = Switches();
            Thread.Sleep(300);
            return before == Switches();
        }

        ChannelLab.Until(Sleeps, "the server wakes without a cause");
    }

    private static StreamDescriptor Accept(StreamDescriptor listener)
    {
        Assert.True(listener.WaitReadable((int)ChannelLab.Patience.TotalMilliseconds), "the server does not connect");
        return UnixSocket.TryAccept(listener)!;
    }

    private static StreamDescriptor Connect(string path)
    {
        StreamDescriptor? guest = null;
        ChannelLab.Until(() => (guest = UnixSocket.TryConnect(path, out _)) is not null, "the server does not listen");
        return guest!;
    }
}
