using PollScale.GuestChannel;
using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths.ThisHost;

public sealed class DpdkChannelTests : IDisposable
{
    private const int Patience = 5000;
    private readonly TemporaryFolder _folder = new();
    private readonly List<int> _set = [];
    private readonly StreamDescriptor _listener, _guest;
    private readonly DpdkChannel _channel;
    private bool _works = true;

    public DpdkChannelTests()
    {
        _listener = UnixSocket.Listen(_folder["port"]);
        _channel = new DpdkChannel(_folder["port"], new PStateTable([3000, 2000, 1000], 0, 2, 1000), pState =>
        {
            _set.Add(pState);
            return _works;
        });
        Assert.NotNull(_channel.TryConnect());
        Assert.Null(_channel.TryConnect());
        Assert.True(_listener.WaitReadable(Patience));
        _guest = UnixSocket.TryAccept(_listener)!;
    }

    public void Dispose()
    {
        _channel.Dispose();
        _guest.Dispose();
        _listener.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void It_scales_and_acknowledges_and_sets_nothing_twice()
    {
        foreach (ScaleUnit unit in (ScaleUnit[])[ScaleUnit.Max, ScaleUnit.Max, ScaleUnit.Down, ScaleUnit.Min, ScaleUnit.Down, ScaleUnit.Up])
        {
            Assert.Equal(ReplyCommand.Ack, Ask(ChannelCommand.CpuPower, unit));
        }

        Assert.Equal([0, 1, 2, 1], _set);
    }

    [Fact]
    public void What_fails_or_is_unknown_is_refused()
    {
        Assert.Equal(ReplyCommand.Nack, Ask(ChannelCommand.CpuPower, (ScaleUnit)99));
        _works = false;
        Assert.Equal(ReplyCommand.Nack, Ask(ChannelCommand.CpuPower, ScaleUnit.Max));
        _works = true;
        Assert.Equal(ReplyCommand.Ack, Ask(ChannelCommand.CpuPower, ScaleUnit.Max));
        Assert.Equal([0, 0], _set);
    }

    [Fact]
    public void It_tells_the_frequency()
    {
        Ask(ChannelCommand.CpuPower, ScaleUnit.Up);
        Send(ChannelCommand.QueryFreq, ScaleUnit.None);
        byte[] reply = Take(GuestChannelAbi.FreqListBytes);
        Assert.Equal((uint)ReplyCommand.FreqList, PacketHead.Read(reply).Command);
        Assert.Equal(2000u, ChannelPackets.Frequency(reply, 0));
    }

    [Fact]
    public void A_packet_comes_in_parts_and_one_is_taken_a_turn()
    {
        byte[] packet = Packet(ChannelCommand.CpuPower, ScaleUnit.Max);
        _guest.Write(packet.AsSpan(0, 100));
        _channel.Turn();
        Assert.Empty(_set);
        _guest.Write(packet.AsSpan(100));
        _guest.Write(Packet(ChannelCommand.CpuPower, ScaleUnit.Min));
        _channel.Turn();
        Assert.Equal([0], _set);
        _channel.Turn();
        Assert.Equal([0, 2], _set);
    }

    [Fact]
    public void A_guest_that_is_gone_is_left()
    {
        _guest.Dispose();
        _channel.Turn();
        _channel.Turn();
        Assert.True(_channel.IsConnected);
    }

    [Fact]
    public void Another_guest_of_it_asks_and_is_answered()
    {
        using OtherGuest guest = new(PathDevice.Port, _folder["other"], 1000);
        using DpdkChannel channel = new(_folder["other"], new PStateTable([3000, 1000], 0, 1, 1000), _ => true);
        StreamDescriptor port = channel.TryConnect()!;
        for (int turn = 0; turn < 1000 && guest.Answered < 3; turn++)
        {
            if (port.WaitReadable(Patience))
            {
                channel.Turn();
            }
        }

        Assert.InRange(guest.Answered, 3, guest.Asked);
        Assert.Null(guest.Problem);
    }

    private static byte[] Packet(ChannelCommand command, ScaleUnit unit)
    {
        byte[] packet = new byte[GuestChannelAbi.PacketBytes];
        ChannelPackets.WriteRequest(packet, command, unit, 0);
        return packet;
    }

    private void Send(ChannelCommand command, ScaleUnit unit)
    {
        Assert.Equal(GuestChannelAbi.PacketBytes, _guest.Write(Packet(command, unit)));
        _channel.Turn();
    }

    private ReplyCommand Ask(ChannelCommand command, ScaleUnit unit)
    {
        Send(command, unit);
        return (ReplyCommand)PacketHead.Read(Take(GuestChannelAbi.PacketBytes)).Command;
    }

    private byte[] Take(int length)
    {
        byte[] reply = new byte[length];
        Assert.True(_guest.WaitReadable(Patience));
        Assert.Equal(length, _guest.Read(reply));
        return reply;
    }
}
