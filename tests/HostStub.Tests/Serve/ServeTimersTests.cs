using System.Net.Sockets;
using PollScale.GuestChannel;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>What serve does by time alone, as a shell starts it and as systemd does: with a watchdog or without.</summary>
public sealed class ServeTimersTests : IDisposable
{
    private readonly TemporaryTree _tree = new();
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public void Dispose()
    {
        _manager.Dispose();
        _tree.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_guest_that_spent_its_budget_is_read_again(bool watchdog)
    {
        using ServeProcess serve = Serve(watchdog, "--channel", $"a:0:listen:{At("a")}", "--budget", "2000/20");
        using StreamDescriptor guest = ChannelLab.Connect(At("a"));
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < 80; i++)
            {
                ChannelLab.Write(guest, ChannelLab.Scale(ScaleUnit.Up));
            }

            ChannelLab.Read(guest, 80 * GuestChannelAbi.PacketBytes);
        }

        Thread.Sleep(200); // the budget's time, and none of the server's
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));
        serve.End();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_VM_that_starts_after_serve_is_served_and_a_torn_packet_of_its_given_up(bool watchdog)
    {
        using ServeProcess serve = Serve(watchdog, "--channel", $"a:0:connect:{At("a")}");
        using StreamDescriptor qemu = UnixSocket.Listen(At("a"));
        Assert.True(qemu.WaitReadable(12_000), "not connected within 12 s");
        using StreamDescriptor guest = UnixSocket.TryAccept(qemu)!;
        ChannelLab.Write(guest, ChannelLab.Scale(ScaleUnit.Min).AsSpan(0, 100));
        Thread.Sleep(500);
        Assert.Equal(ReplyCommand.Ack, ChannelLab.Ask(guest, ChannelLab.Scale(ScaleUnit.Down)));
        Assert.Equal(1, serve.End().GetProperty("torn_packets").GetInt32());
    }

    private ServeProcess Serve(bool watchdog, params string[] arguments)
    {
        if (!watchdog)
        {
            return new ServeProcess(arguments);
        }

        _manager.Bind(new UnixDomainSocketEndPoint(At("notify")));
        return new ServeProcess(new Dictionary<string, string> { ["NOTIFY_SOCKET"] = At("notify"), ["WATCHDOG_USEC"] = "20000000" }, arguments);
    }

    private string At(string name) => Path.Combine(_tree.Root, name);
}
